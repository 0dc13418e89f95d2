namespace ScimSlice.Infrastructure.Deferred;

/// <summary>A request that is carried out later, as its row holds it.</summary>
public sealed record DeferredRow
{
    /// <summary>Where requests are sent that hold many operations. RFC 7644 §3.7.</summary>
    public const string BulkEndpoint = "/Bulk";

    /// <summary>The columns, in statements that call the table <c>r</c>.</summary>
    public const string Columns =
        "r.organization_id, r.id, r.at, r.token_hash, r.method, r.endpoint, r.resource_id, r.if_match, r.if_none_match, r.body, r.attempts, r.lease, r.finished_at";

    public required string OrganizationId { get; init; }

    /// <summary>The request's id, which its client was given as Set-Txn.</summary>
    public required string Id { get; init; }

    public required string At { get; init; }

    public required byte[] TokenHash { get; init; }

    public required string Method { get; init; }

    public required string Endpoint { get; init; }

    public string? ResourceId { get; init; }

    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    public byte[]? Body { get; init; }

    /// <summary>How often it was begun since it came further last, or was put off.</summary>
    public required long Attempts { get; init; }

    /// <summary>The number by which it is held.</summary>
    public required long Lease { get; init; }

    public string? FinishedAt { get; init; }

    /// <summary>Whether it holds operations, of which each is told what became of it.</summary>
    public bool IsBulk => Endpoint == BulkEndpoint;

    /// <summary>What it was sent to, below the base URL.</summary>
    public string Path => ResourceId is null ? Endpoint : $"{Endpoint}/{ResourceId}";
}
