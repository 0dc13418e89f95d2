using System.Security.Cryptography;
using Dapper;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>An organization (a customer) as its row holds it.</summary>
public sealed record OrganizationRow
{
    private const int CursorKeyLength = 32;

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Settings { get; init; }

    public required string CreatedAt { get; init; }

    public OrganizationSettings Rules => OrganizationSettings.Parse(Settings);

    /// <summary>The organization of that name, in any case, or of that id. Throws 404 with the names' command where there is none.</summary>
    internal static async Task<OrganizationRow> FindAsync(StorageSession storage, string nameOrId) =>
        await storage.Connection.QuerySingleOrDefaultAsync<OrganizationRow>(
            "select id, name, settings, created_at from organizations where name_key = @nameKey or id = @nameOrId order by case when id = @nameOrId then 0 else 1 end limit 1",
            new { nameKey = FoldedKey.Of(nameOrId), nameOrId })
        ?? throw ScimException.NotFound($"There is no organization '{Excerpt.Of(nameOrId)}'; 'org list' shows those there are.");

    /// <summary>The organization of that id, locked against other changes of its rules until the unit of work ends.</summary>
    internal static Task<OrganizationRow> FindLockedAsync(StorageSession storage, string id) => storage.Connection.QuerySingleAsync<OrganizationRow>(
        $"select o.id, o.name, o.settings, o.created_at from organizations o where o.id = @id{storage.Dialect.Locking("o")}", new { id });

    /// <summary>Inserts an organization with the shipped rules; null where the name is taken.</summary>
    internal static async Task<OrganizationRow?> InsertAsync(StorageSession storage, string name, DateTimeOffset now)
    {
        var row = new OrganizationRow
        {
            Id = ResourceId.Create(now),
            Name = name,
            Settings = OrganizationSettings.Shipped.ToJson(),
            CreatedAt = DateTimeValue.Format(now),
        };
        return await InsertAsync(storage, row) ? row : null;
    }

    /// <summary>Inserts an organization as it is; false where its id or its name is taken.</summary>
    internal static async Task<bool> InsertAsync(StorageSession storage, OrganizationRow row) => await storage.Connection.ExecuteAsync(
        """
        insert into organizations (id, name, name_key, settings, created_at, cursor_key)
        values (@Id, @Name, @nameKey, @Settings, @CreatedAt, @cursorKey)
        on conflict do nothing
        """,
        new { row.Id, row.Name, nameKey = FoldedKey.Of(row.Name), row.Settings, row.CreatedAt, cursorKey = RandomNumberGenerator.GetBytes(CursorKeyLength) }) == 1;

    /// <summary>The key of an organization that a program of an earlier version made while this one ran already; the first one that is set stays.</summary>
    internal static Task<byte[]> GiveCursorKeyAsync(IDatabase database, string id, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await connection.ExecuteAsync(
                "update organizations set cursor_key = @cursorKey where id = @id and cursor_key is null", new { id, cursorKey = RandomNumberGenerator.GetBytes(CursorKeyLength) });
            return await connection.QuerySingleAsync<byte[]>("select cursor_key from organizations where id = @id", new { id });
        },
        cancellationToken);
}
