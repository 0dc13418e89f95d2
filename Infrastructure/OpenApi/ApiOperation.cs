namespace ScimSlice.Infrastructure.OpenApi;

/// <summary>What is said of a route of the application API. It is mapped with it, and reads requests by it, so that there is no route and no parameter of which nothing is said.</summary>
/// <param name="Name">Names it in generated clients; the slice's name.</param>
/// <param name="Summary">What it does, in one line.</param>
public sealed record ApiOperation(string Name, string Summary)
{
    /// <summary>The body of an answer with status 200.</summary>
    public required ApiSchema Answer { get; init; }

    /// <summary>More than the summary, in a few sentences; null for nothing.</summary>
    public string? Description { get; init; }

    /// <summary>In the path, in the query, and headers that it heeds.</summary>
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>The JSON that a request carries; null where it carries none.</summary>
    public ApiSchema? Body { get; init; }

    /// <summary>Further statuses, and when they are answered. Those of 400 and above come with a problem (RFC 9457); those that every route has are not repeated.</summary>
    public IReadOnlyDictionary<int, string> Others { get; init; } = new Dictionary<int, string>();

    /// <summary>Whether it is answered without a token.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What a stream of server-sent events tells, for a route that answers with one to who accepts it; null for others.</summary>
    public string? Stream { get; init; }

    /// <summary>The parameters that stand in one place.</summary>
    internal IEnumerable<string> Names(ParameterPlace place) => Parameters.Where(parameter => parameter.Place == place).Select(parameter => parameter.Name);
}
