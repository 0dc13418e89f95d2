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

    /// <summary>Characters that are kept of a detail.</summary>
    private const int MaxDetailLength = 500;

    public required string OrganizationId { get; init; }

    public required string Id { get; init; }

    /// <summary>UTC: <c>2026-11-23T10:00:00.000Z</c>.</summary>
    public required string At { get; init; }

    /// <summary>The same for all that one request did, and for what the log says of it.</summary>
    public required string RequestId { get; init; }

    public required string ActorKind { get; init; }

    public required string Actor { get; init; }

    /// <summary>The name of the operation that changed something: <c>PatchUser</c>; null for what changed nothing.</summary>
    public string? Operation { get; init; }

    /// <summary>Null for a command, and for what is counted, unless it reads.</summary>
    public string? Method { get; init; }

    /// <summary>The path without its query, and where it holds something else than ids only the route.</summary>
    public string? Path { get; init; }

    /// <summary>The status that the request, or the operation in it, was answered with; null for a command.</summary>
    public int? Status { get; init; }

    public string? ScimType { get; init; }

    /// <summary>Why it was refused, or what a search found, with … for what the client wrote; null for anything else.</summary>
    public string? Detail { get; init; }

    /// <summary>Microseconds that it took: of a change until its record was written, of anything else until it was answered.</summary>
    public long? DurationUs { get; init; }

    /// <summary>The names of the deviations that were understood, with commas between them; null for none.</summary>
    public string? Quirks { get; init; }

    /// <summary><c>User</c>, <c>Group</c>, <c>Token</c> …</summary>
    public string? ResourceType { get; init; }

    public string? ResourceId { get; init; }

    /// <summary>The version that the resource has since, or was read with; null for what has none.</summary>
    public long? Version { get; init; }

    /// <summary>More than 1 where the same came again and again, and is counted.</summary>
    public long Times { get; init; } = 1;

    /// <summary>As much of a text as is kept, in a form that each engine stores and a terminal may show.</summary>
    internal static string Cut(string text) => Cut(text, MaxLength);

    /// <summary>The same of a detail.</summary>
    internal static string CutDetail(string text) => Cut(text, MaxDetailLength);

    /// <summary>The same of what a search found, of which there is most.</summary>
    internal static string CutFound(string text) => Cut(text, MaxLength);

    private static string Cut(string text, int length)
    {
        var kept = text.Length > length ? $"{text[..(length - 1)]}…" : text;
        return kept.All(IsShown) ? kept : string.Concat(kept.Select(letter => IsShown(letter) ? letter : '?'));
    }

    private static bool IsShown(char letter) => letter is (>= ' ' and <= '~') or '…';

    /// <summary>Whether it was refused.</summary>
    public bool IsRefused => Status >= 400;

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
