using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dapper;
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

    /// <summary>The grant of a live token, null for one that is unknown, revoked or expired.</summary>
    public ValueTask<TokenGrant?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var hash = BearerToken.Hash(token);
        var key = Convert.ToHexString(hash);
        var now = clock.GetUtcNow();
        if (entries.TryGetValue(key, out var entry) && clock.GetElapsedTime(entry.Since) < Remembered)
        {
            return ValueTask.FromResult(Live(entry.Row, now) ? entry.Grant : null);
        }

        return LoadAsync(hash, key, now, cancellationToken);
    }

    private async ValueTask<TokenGrant?> LoadAsync(byte[] hash, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Counted from before the look-up, and by a clock that nobody sets.
        var since = clock.GetTimestamp();
        var row = await retry.RunAsync(_ => LoadAsync(hash), cancellationToken);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.Hash, hash) || !Live(row, now))
        {
            entries.TryRemove(key, out _);
            return null;
        }

        var settings = OrganizationSettings.Parse(row.Settings);
        var grant = new TokenGrant(
            row.OrganizationId,
            row.Id,
            Enum.Parse<TokenScope>(row.Scope, ignoreCase: true),
            settings,
            schemas.Of(row.OrganizationName, settings),
            row.CursorKey);
        Sweep();
        entries[key] = new Entry(row, grant, since);
        return grant;
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

    /// <summary>The one statement that is not bound to an organization: it finds out which one it is.</summary>
    private async ValueTask<TokenRow?> LoadAsync(byte[] hash)
    {
        using var session = new StorageSession(database);
        return await session.Connection.QuerySingleOrDefaultAsync<TokenRow>(
            """
            select t.organization_id, t.id, t.scope, t.hash, t.expires_at, t.revoked_at, o.name as organization_name, o.settings, o.cursor_key
            from tokens t join organizations o on o.id = t.organization_id
            where t.hash = @hash
            """,
            new { hash });
    }

    private sealed record Entry(TokenRow Row, TokenGrant Grant, long Since);

    private sealed record TokenRow
    {
        public required string OrganizationId { get; init; }

        public required string Id { get; init; }

        public required string Scope { get; init; }

        public required byte[] Hash { get; init; }

        public string? ExpiresAt { get; init; }

        public string? RevokedAt { get; init; }

        public required string OrganizationName { get; init; }

        public required string Settings { get; init; }

        public byte[]? CursorKey { get; init; }
    }
}
