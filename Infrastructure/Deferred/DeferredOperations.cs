using Mediator;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>What can be carried out later, as the route table names it, and the messages that keep a request and carry it out.</summary>
public sealed class DeferredOperations
{
    /// <summary>What is told of a request that is kept (see <see cref="Events.EventSignal"/>).</summary>
    public const string Signal = ".deferred";

    private readonly Dictionary<(string Method, string Endpoint, bool Named), OperationTable.Operation> operations = [];
    private Func<DeferredCall, ICommand<bool>>? keep;
    private Func<DeferredRow, ScimRequest, ScimException?, ICommand<bool>>? run;

    /// <param name="keepCall">Keeps a request; answers false where there is no room.</param>
    /// <param name="runRow">Carries one out, or notes why that cannot be.</param>
    public void Use(Func<DeferredCall, ICommand<bool>> keepCall, Func<DeferredRow, ScimRequest, ScimException?, ICommand<bool>> runRow) => (keep, run) = (keepCall, runRow);

    /// <param name="named">Whether the path names one resource.</param>
    public void Add(string method, string endpoint, bool named, OperationTable.Operation operation) => operations[(method, endpoint, named)] = operation;

    /// <summary>The operation, null where there is none, which was one when the request came.</summary>
    public OperationTable.Operation? Find(DeferredRow row) => operations.GetValueOrDefault((row.Method, row.Endpoint, row.ResourceId is not null));

    /// <summary>The endpoint as the route table spells it; null where nothing is served there.</summary>
    public string? Endpoint(string endpoint) => operations.Keys.Select(key => key.Endpoint).FirstOrDefault(served => served.Equals(endpoint, StringComparison.OrdinalIgnoreCase));

    /// <summary>The message that keeps a request.</summary>
    public ICommand<bool> Keep(DeferredCall call) => (keep ?? throw new InvalidOperationException("Nothing keeps requests."))(call);

    /// <summary>The message that carries one out.</summary>
    /// <param name="refusal">Why it is not to be; null where it is.</param>
    public ICommand<bool> Run(DeferredRow row, ScimRequest request, ScimException? refusal) => (run ?? throw new InvalidOperationException("Nothing carries requests out."))(row, request, refusal);
}
