using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>
/// What somebody did, or was refused: a row of the audit. It names resources by their ids and holds no value of theirs, so that who is
/// erased need not be looked for in it.
/// </summary>
public sealed record AuditRecord
{
    /// <summary>Characters that are kept of what a client wrote.</summary>
    private const int MaxLength = 200;

    public required string OrganizationId { get; init; }

    public required string Id { get; init; }

    /// <summary>UTC: <c>2026-11-23T10:00:00.000Z</c>.</summary>
    public required string At { get; init; }

    /// <summary>The same for all that one request did, and for what the log says of it.</summary>
    public required string RequestId { get; init; }

    public required string ActorKind { get; init; }

    public required string Actor { get; init; }

    /// <summary>The name of the operation that changed something: <c>PatchUser</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>Of a refused request.</summary>
    public string? Method { get; init; }

    /// <summary>Of a refused request: the path without its query, and where it holds something else than ids only the route.</summary>
    public string? Path { get; init; }

    /// <summary>The status that a refused request was answered with; null for what was done.</summary>
    public int? Status { get; init; }

    public string? ScimType { get; init; }

    /// <summary><c>User</c>, <c>Group</c>, <c>Token</c> …</summary>
    public string? ResourceType { get; init; }

    public string? ResourceId { get; init; }

    /// <summary>The version that the resource has since; null for what has none.</summary>
    public long? Version { get; init; }

    /// <summary>More than 1 where the same was refused again and again, and is counted.</summary>
    public long Times { get; init; } = 1;

    /// <summary>As much of a text as is kept, in a form that each engine stores and a terminal may show.</summary>
    internal static string Cut(string text)
    {
        var kept = text.Length > MaxLength ? text[..MaxLength] : text;
        return kept.All(letter => letter is >= ' ' and <= '~') ? kept : string.Concat(kept.Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
    }

    internal static AuditRecord Of(string organizationId, Actor actor, string requestId, DateTimeOffset now) => new()
    {
        OrganizationId = organizationId,
        Id = Scim.Resources.ResourceId.Create(now),
        At = DateTimeValue.Format(now),
        RequestId = requestId,
        ActorKind = actor.Kind,
        Actor = actor.Id,
    };
}
