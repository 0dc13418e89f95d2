using Mediator;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>
/// The operations that change resources, as the route table names them, so that a request can be played through the same slice without
/// a route. RFC 7644 §3.7.
/// </summary>
public sealed class OperationTable
{
    private readonly Dictionary<(string Method, string Endpoint, bool Named), Operation> operations = [];

    /// <summary>Reads a request and sends its message.</summary>
    public delegate ValueTask<ScimResponse> Operation(ISender sender, ScimRequest request, CancellationToken cancellationToken);

    /// <param name="endpoint">Relative to the base URL, with a leading slash.</param>
    /// <param name="named">Whether the path names one resource.</param>
    public void Add(string method, string endpoint, bool named, Operation operation) => operations[(method, endpoint, named)] = operation;

    /// <summary>The operation, null where there is none.</summary>
    public Operation? Find(string method, string endpoint, bool named) => operations.GetValueOrDefault((method, endpoint, named));

    /// <summary>The endpoint as the table spells it, null where no operation is there.</summary>
    public string? Endpoint(string endpoint)
    {
        foreach (var key in operations.Keys)
        {
            if (key.Endpoint.Equals(endpoint, StringComparison.OrdinalIgnoreCase))
            {
                return key.Endpoint;
            }
        }

        return null;
    }
}
