using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Resilience;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// Finds what a token grants. Found ones are remembered for less than a second, so that a revocation or a changed rule takes
/// effect within a second on every node; tokens that are not found are not remembered.
/// </summary>
public sealed class TokenDirectory(IDatabase database, StorageRetry retry, SchemaCatalogue schemas, TimeProvider clock)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMilliseconds(750);

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private long sweptAt;

    /// <summary>What is found of a token, whoever made it and whatever it looks like.</summary>
    public ValueTask<TokenFinding> FindAsync(string token, CancellationToken cancellationToken) => FindAsync(BearerToken.Hash(token), cancellationToken);

    /// <summary>The same of a token of which the hash is known.</summary>
    public ValueTask<TokenFinding> FindAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(hash);
        var now = clock.GetUtcNow();
        if (entries.TryGetValue(key, out var entry) && clock.GetElapsedTime(entry.Since) < Remembered && Live(entry.Row, now))
        {
            return ValueTask.FromResult(new TokenFinding(entry.Grant, null));
        }

        return LoadAsync(hash, key, now, cancellationToken);
    }

    private async ValueTask<TokenFinding> LoadAsync(byte[] hash, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Counted from before the look-up, and by a clock that nobody sets.
        var since = clock.GetTimestamp();
        var row = await retry.RunAsync(_ => LoadAsync(hash), cancellationToken);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.Hash, hash))
        {
            entries.TryRemove(key, out _);
            return TokenFinding.Unknown;
        }

        var actor = row.ClientId is { } clientId ? Actor.Client(clientId) : Actor.Token(row.Id);
        if (!Live(row, now))
        {
            entries.TryRemove(key, out _);
            return new TokenFinding(null, new EndedToken(row.OrganizationId, actor, row.RevokedAt is null ? "expired" : "revoked"));
        }

        var settings = OrganizationSettings.Parse(row.Settings);
        var grant = new TokenGrant(
            row.OrganizationId,
            row.Id,
            Enum.Parse<TokenScope>(row.Scope, ignoreCase: true),
            settings,
            schemas.Of(row.OrganizationName, settings),
            row.CursorKey,
            actor);
        Sweep();
        entries[key] = new Entry(row, grant, since);
        return new TokenFinding(grant, null);
    }

    /// <summary>Forgets what is out of date, so that tokens that are not used any more take no memory.</summary>
    private void Sweep()
    {
        var last = Interlocked.Read(ref sweptAt);
        if (clock.GetElapsedTime(last) < Remembered || Interlocked.CompareExchange(ref sweptAt, clock.GetTimestamp(), last) != last)
        {
            return;
        }

        foreach (var (key, entry) in entries)
        {
            if (clock.GetElapsedTime(entry.Since) >= Remembered)
            {
                entries.TryRemove(new(key, entry));
            }
        }
    }

    private static bool Live(TokenRow row, DateTimeOffset now) =>
        row.RevokedAt is null && (row.ExpiresAt is null || string.CompareOrdinal(DateTimeValue.Format(now), row.ExpiresAt) < 0);

    /// <summary>
    /// The statements that are not bound to an organization: they find out which one it is. A client's access tokens end with it, and with the
    /// secret that they were given for.
    /// </summary>
    private async ValueTask<TokenRow?> LoadAsync(byte[] hash)
    {
        using var session = new StorageSession(database);
        return await session.Connection.QuerySingleOrDefaultAsync<TokenRow>(
            """
            select t.organization_id, t.id, t.scope, t.hash, t.expires_at, t.revoked_at, o.name as organization_name, o.settings, o.cursor_key
            from tokens t join organizations o on o.id = t.organization_id
            where t.hash = @hash
            """,
            new { hash })
            ?? await session.Connection.QuerySingleOrDefaultAsync<TokenRow>(
            """
            select a.organization_id, a.id, a.client_id, a.scope, a.hash, a.expires_at, coalesce(c.revoked_at, s.revoked_at) as revoked_at,
                o.name as organization_name, o.settings, o.cursor_key
            from access_tokens a
            join clients c on c.organization_id = a.organization_id and c.id = a.client_id
            left join client_secrets s on s.organization_id = a.organization_id and s.id = a.secret_id
            join organizations o on o.id = a.organization_id
            where a.hash = @hash
            """,
            new { hash });
    }

    private sealed record Entry(TokenRow Row, TokenGrant Grant, long Since);

    private sealed record TokenRow
    {
        public required string OrganizationId { get; init; }

        public required string Id { get; init; }

        /// <summary>The OAuth client that was given the token; null for a token that an operator made.</summary>
        public string? ClientId { get; init; }

        public required string Scope { get; init; }

        public required byte[] Hash { get; init; }

        public string? ExpiresAt { get; init; }

        public string? RevokedAt { get; init; }

        public required string OrganizationName { get; init; }

        public required string Settings { get; init; }

        public byte[]? CursorKey { get; init; }
    }
}
