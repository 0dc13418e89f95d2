using Dapper;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using ScimSlice.Infrastructure.Storage;
using Xunit;

namespace ScimSlice.Tests.Storage;

public sealed class MigratorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-migrator-").FullName;

    private string DatabaseFile => Path.Combine(folder, "below", "data", "scimslice.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_new_database_gets_every_version_once_and_its_folder()
    {
        Migrate();

        var versions = Query<long>("select version from schema_migrations order by version");
        versions.Should().NotBeEmpty().And.Equal(Enumerable.Range(1, versions.Length).Select(version => (long)version));
        Query<string>("select name from sqlite_master where type = 'table'").Should().Contain(["organizations", "tokens", "users", "deleted_users"]);
        Query<string>("pragma journal_mode").Should().Equal("wal");
    }

    [Fact]
    public void A_second_start_changes_nothing()
    {
        Migrate();
        var before = Query<(long, string, string, string)>("select version, name, checksum, applied_at from schema_migrations");
        var schema = Query<string>("select coalesce(sql, '') from sqlite_master order by name");

        Migrate();

        Query<(long, string, string, string)>("select version, name, checksum, applied_at from schema_migrations").Should().Equal(before);
        Query<string>("select coalesce(sql, '') from sqlite_master order by name").Should().Equal(schema);
    }

    [Fact]
    public void A_database_of_a_newer_program_is_refused_and_left_alone()
    {
        Migrate();
        Query<long>("insert into schema_migrations (version, name, checksum, applied_at) values (9999, 'future', 'x', 'x') returning version");

        var migrating = Migrate;

        migrating.Should().Throw<StorageException>().Which.Message.Should().Contain("9999").And.Contain("newer").And.NotContain("\n");
        Query<long>("select max(version) from schema_migrations").Should().Equal(9999);
    }

    [Fact]
    public void A_database_whose_history_is_not_this_program_s_is_refused()
    {
        Migrate();
        Query<long>("update schema_migrations set checksum = 'another' where version = 1 returning version");

        var migrating = Migrate;

        migrating.Should().Throw<StorageException>().Which.Message.Should().Contain("version 1").And.NotContain("\n");
    }

    [Fact]
    public void A_migration_that_fails_leaves_nothing_behind()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DatabaseFile)!);
        Query<long>("create table deleted_users (id text); select 1");

        var migrating = Migrate;

        migrating.Should().Throw<StorageException>();
        Query<string>("select name from sqlite_master where type = 'table'").Should().Equal("deleted_users");
    }

    [Fact]
    public async Task Several_that_start_at_once_on_a_new_file_bring_it_up_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Migrate)));

        Query<long>("select count(*) - count(distinct version) from schema_migrations").Should().Equal(0);
    }

    [Fact]
    public void A_database_that_is_up_to_date_is_opened_beside_a_writer()
    {
        Migrate();
        using var writer = Open();
        writer.Execute("begin immediate");

        var migrating = Migrate;

        migrating.Should().NotThrow();
    }

    private void Migrate() => new SqliteDatabase($"Data Source={DatabaseFile}").Migrate(TimeProvider.System);

    private T[] Query<T>(string sql)
    {
        using var connection = Open();
        return [.. connection.Query<T>(sql)];
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        connection.Open();
        return connection;
    }
}
