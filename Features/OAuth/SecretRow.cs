namespace ScimSlice.Features.OAuth;

/// <summary>A client's secret as its row holds it: everything but the secret itself, of which only a hash is kept.</summary>
public sealed record SecretRow
{
    public required string Id { get; init; }

    public required string ClientId { get; init; }

    public required string CreatedAt { get; init; }

    public required string ExpiresAt { get; init; }

    public string? LastUsedAt { get; init; }

    public string? RevokedAt { get; init; }
}
