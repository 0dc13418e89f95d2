using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Runs the numbered SQL files that a database lacks, in one transaction under a write lock. Forward only, checksummed.</summary>
internal static class Migrator
{
    /// <summary>After which time it is told, and again, which migration is being applied.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Migrate(DbConnection connection, string engine, string begin, TimeProvider clock)
    {
        var migrations = Load(engine);
        if (IsCurrent(connection, migrations))
        {
            return;
        }

        connection.Execute(begin);
        try
        {
            connection.Execute("""
                create table if not exists schema_migrations (
                    version integer not null primary key,
                    name text not null,
                    checksum text not null,
                    applied_at text not null
                )
                """);
            var applied = ReadApplied(connection);
            Check(applied, migrations);
            foreach (var migration in migrations.Skip(applied.Count))
            {
                // One that goes through all rows of a large database takes its time, and whoever waits for the start must know for what.
                using var patience = new Timer(
                    _ => Console.Error.WriteLine($"The database is being brought up to date: {migration.Version:0000} {migration.Name}"), null, Patience, Patience);
                connection.Execute(migration.Sql);
                connection.Execute(
                    "insert into schema_migrations (version, name, checksum, applied_at) values (@Version, @Name, @Checksum, @AppliedAt)",
                    new { migration.Version, migration.Name, migration.Checksum, AppliedAt = DateTimeValue.Format(clock.GetUtcNow()) });
            }

            connection.Execute("commit");
        }
        catch
        {
            Undo(connection);
            throw;
        }
    }

    /// <summary>What a database has and lacks, without a change to it.</summary>
    /// <param name="connection">Null where the database has no history yet.</param>
    public static MigrationStatus Read(string engine, DbConnection? connection)
    {
        var known = Load(engine);
        var applied = connection is null ? [] : ReadApplied(connection);
        string? fault = null;
        try
        {
            Check(applied, known);
        }
        catch (StorageException unusable)
        {
            fault = unusable.Message;
        }

        return new MigrationStatus(
            [
                .. applied.Select(migration => new MigrationState(migration.Version, migration.Name, migration.AppliedAt)),
                .. known.Skip(applied.Count).Select(migration => new MigrationState(migration.Version, migration.Name, AppliedAt: null)),
            ],
            fault);
    }

    /// <summary>A fault may have ended the transaction already; then the fault is what counts.</summary>
    private static void Undo(DbConnection connection)
    {
        try
        {
            connection.Execute("rollback");
        }
        catch (DbException)
        {
            return;
        }
    }

    /// <summary>Looks without a lock, so that a start beside a busy writer waits for nothing.</summary>
    private static bool IsCurrent(DbConnection connection, Migration[] migrations)
    {
        try
        {
            var applied = ReadApplied(connection);
            Check(applied, migrations);
            return applied.Count == migrations.Length;
        }
        catch (DbException)
        {
            // Never migrated, or not to be read: the locked attempt finds out which.
            return false;
        }
    }

    // Named as the member is: the setting that reads applied_at so may not be made yet, and what a type's columns are is found out once.
    private static List<Applied> ReadApplied(DbConnection connection) =>
        connection.Query<Applied>("select version, name, checksum, applied_at as AppliedAt from schema_migrations order by version").AsList();

    private static void Check(List<Applied> applied, IReadOnlyList<Migration> known)
    {
        for (var index = 0; index < applied.Count; index++)
        {
            if (index >= known.Count)
            {
                throw new StorageException(
                    $"The database has schema version {applied[^1].Version}, this program knows {known.Count}. Start the newer program.");
            }

            if (applied[index].Version != known[index].Version || applied[index].Checksum != known[index].Checksum)
            {
                throw new StorageException(
                    $"Schema version {applied[index].Version} ({applied[index].Name}) of the database is not the one that this program ships.");
            }
        }
    }

    private static Migration[] Load(string engine)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"Migrations/{engine}/";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
                var file = Path.GetFileNameWithoutExtension(name[prefix.Length..]);
                return new Migration(
                    int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture),
                    file[5..],
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))),
                    sql);
            })];
    }

    private sealed record Migration(int Version, string Name, string Checksum, string Sql);

    private sealed record Applied
    {
        public required long Version { get; init; }

        public required string Name { get; init; }

        public required string Checksum { get; init; }

        public required string AppliedAt { get; init; }
    }
}
