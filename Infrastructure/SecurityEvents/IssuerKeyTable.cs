using Dapper;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>The table <c>signing_keys</c>.</summary>
internal static class IssuerKeyTable
{
    /// <summary>Gives an organization a key to sign with, where it has none.</summary>
    public static async Task EnsureAsync(StorageSession storage, string organizationId, DateTimeOffset now)
    {
        if (await SigningAsync(storage, organizationId) is null)
        {
            await InsertAsync(storage, organizationId, now);
        }
    }

    /// <summary>The key that signs; null where the organization has none yet.</summary>
    public static Task<IssuerKey?> SigningAsync(StorageSession storage, string organizationId) => storage.Connection.QuerySingleOrDefaultAsync<IssuerKey>(
        $"select {IssuerKey.Columns} from signing_keys k where k.organization_id = @organizationId and k.expires_at is null order by k.id desc limit 1", new { organizationId });

    /// <summary>The keys whose signatures may be verified now, newest first.</summary>
    public static async Task<IReadOnlyList<IssuerKey>> PublishedAsync(StorageSession storage, string organizationId, DateTimeOffset now) => (await storage.Connection.QueryAsync<IssuerKey>(
        $"select {IssuerKey.Columns} from signing_keys k where k.organization_id = @organizationId and (k.expires_at is null or k.expires_at > @now) order by k.id desc",
        new { organizationId, now = DateTimeValue.Format(now) })).AsList();

    /// <summary>Lets a new key sign from now on; those before it are told until the end of the overlap.</summary>
    public static async Task<IssuerKey> RotateAsync(StorageSession storage, string organizationId, DateTimeOffset now, TimeSpan overlap)
    {
        var key = new { organizationId, now = DateTimeValue.Format(now), end = DateTimeValue.Format(now + overlap) };
        await storage.Connection.ExecuteAsync("delete from signing_keys where organization_id = @organizationId and expires_at is not null and expires_at <= @now", key);
        await storage.Connection.ExecuteAsync(
            "update signing_keys set expires_at = @end where organization_id = @organizationId and (expires_at is null or expires_at > @end)", key);
        return await InsertAsync(storage, organizationId, now);
    }

    private static async Task<IssuerKey> InsertAsync(StorageSession storage, string organizationId, DateTimeOffset now)
    {
        var made = IssuerKey.Create(ResourceId.Create(now), DateTimeValue.Format(now));
        await storage.Connection.ExecuteAsync(
            "insert into signing_keys (organization_id, id, key, created_at) values (@organizationId, @Id, @Key, @CreatedAt)", new { organizationId, made.Id, made.Key, made.CreatedAt });
        return made;
    }
}
