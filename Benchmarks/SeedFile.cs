using System.Globalization;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Benchmarks;

/// <summary>
/// A database of one organization with users of about 900 bytes each, as ScimSlice's own code reads and writes them, and
/// beside it the table with as many rows that the probe writes to.
/// </summary>
internal sealed class SeedFile(string file, int users)
{
    /// <summary>The JSON of a user; NAME stands for what is unique in it.</summary>
    public const string Body =
        """
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"ext-NAME","userName":"NAME@example.com","name":{"formatted":"Ana Maria Ruiz","familyName":"Ruiz","givenName":"Ana Maria"},"displayName":"Ana Maria Ruiz NAME","title":"Engineer","preferredLanguage":"en-US","locale":"en-US","timezone":"Europe/Berlin","active":true,"emails":[{"value":"NAME@example.com","type":"work","primary":true},{"value":"NAME@home.example.org","type":"home"}],"phoneNumbers":[{"value":"+49 30 1234567","type":"work"}],"addresses":[{"type":"work","streetAddress":"Hauptstrasse 1","locality":"Berlin","postalCode":"10115","country":"DE"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130","department":"Engineering","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}
        """;

    private const int Batch = 10_000;
    private const int MaxKeys = 50_000;

    public string ProductFile { get; } = file;

    public string ProbeFile => $"{ProductFile}.probe";

    public int Users => users;

    /// <summary>Writes both databases, unless they are there already.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(ProductFile) && File.Exists(ProbeFile))
        {
            return;
        }

        // Written under another name, so that one that was broken off is not taken for a whole one.
        var unfinished = $"{ProductFile}.unfinished";
        File.Delete(unfinished);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seeds {users:N0} users"));
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        await using (var database = new SqliteDatabase($"Data Source={unfinished}"))
        {
            database.Migrate(TimeProvider.System);
            using var session = new StorageSession(database);
            var organization = await database.WriteAsync(
                connection => session.WriteAsync(connection, async () => (await OrganizationRow.InsertAsync(session, "benchmark", DateTimeOffset.UtcNow))!.Id),
                cancellationToken);
            InsertUsers(unfinished, organization, cancellationToken);
        }

        WriteProbe(unfinished);
        File.Move(unfinished, ProductFile, overwrite: true);
    }

    /// <summary>A copy that a run may change.</summary>
    public SeedFile CopyTo(string target)
    {
        File.Copy(ProductFile, target);
        File.Copy(ProbeFile, $"{target}.probe");
        return new SeedFile(target, users);
    }

    /// <summary>The organization's id, and a new token of it.</summary>
    public async Task<(string OrganizationId, string Token)> IssueTokenAsync()
    {
        await using var database = new SqliteDatabase($"Data Source={ProductFile}");
        using var session = new StorageSession(database);
        var token = BearerToken.Create();
        var id = await database.WriteAsync(
            connection => session.WriteAsync(connection, async () =>
            {
                var organization = await connection.ExecuteScalarAsync<string>("select id from organizations");
                await TokenRow.InsertAsync(session, organization!, $"benchmark {Guid.NewGuid()}", TokenScope.Write, token, DateTimeOffset.UtcNow, null);
                return organization!;
            }),
            CancellationToken.None);
        return (id, token);
    }

    /// <summary>Ids and userNames of the same users, spread over all of them, in the order in which they are asked for.</summary>
    public (List<string> Ids, List<string> Names) Keys()
    {
        using var connection = Open(ProductFile);
        var step = Math.Max(1, users / MaxKeys);
        var keys = connection.Query<(string Id, string Name)>("select id, user_name_key from users where rowid % @step = 0 order by id", new { step }).ToArray();
        new Random(1).Shuffle(keys);
        return ([.. keys.Select(key => key.Id)], [.. keys.Select(key => key.Name)]);
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    private void InsertUsers(string target, string organization, CancellationToken cancellationToken)
    {
        var type = SchemaRegistry.BuiltIn.User;
        using var connection = Open(target);
        connection.Execute("pragma synchronous = off; pragma cache_size = -200000");
        for (var first = 0; first < users; first += Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var transaction = connection.BeginTransaction();
            for (var index = first; index < Math.Min(users, first + Batch); index++)
            {
                var now = DateTimeOffset.UtcNow;
                var json = StrictJson.Parse(Encoding.UTF8.GetBytes(Body.Replace("NAME", $"seed{index}", StringComparison.Ordinal)));
                var document = UserRules.WithDefaults(new ResourceReader(type, new QuirkUse(strict: false)).Read(json), OrganizationSettings.Shipped);
                var time = DateTimeValue.Format(now);
                connection.Execute(
                    """
                    insert into users (
                        organization_id, id, version, created_at, last_modified_at, user_name_key, external_id, display_name_key,
                        active, role_key, document, search)
                    values (
                        @OrganizationId, @Id, @Version, @CreatedAt, @LastModifiedAt, @UserNameKey, @ExternalId, @DisplayNameKey,
                        @Active, @RoleKey, @Document, jsonb(@Search))
                    """,
                    UserValues.Of(organization, ResourceId.Create(now), document, 1, time, time),
                    transaction);
            }

            transaction.Commit();
            if (first % (Batch * 10) == 0 || first + Batch >= users)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Math.Min(users, first + Batch):N0}"));
            }
        }
    }

    private void WriteProbe(string source)
    {
        File.Delete(ProbeFile);
        using var connection = Open(ProbeFile);
        connection.Execute(
            """
            pragma journal_mode = wal;
            pragma synchronous = off;
            attach @source as seed;
            create table users (id text not null primary key, name text not null, document blob not null) strict;
            insert into users select id, user_name_key, document from seed.users order by id;
            create unique index users_name on users (name);
            """,
            new { source });
    }
}
