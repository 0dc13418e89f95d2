using System.Data.Common;
using Dapper;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using ScimSlice.Infrastructure.Storage;
using SQLitePCL;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>Connections to SQLite keep their prepared statements, and a statement that is kept is as good as a new one.</summary>
public sealed class PreparingConnectionTests : IDisposable
{
    private const string Insert = "insert into notes (text) values (@text)";

    /// <summary>SQLITE_STMTSTATUS_REPREPARE: how often SQLite has prepared a statement anew by itself.</summary>
    private const int Reprepared = 5;

    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-statements-").FullName;
    private readonly SqliteDatabase database;
    private readonly PreparingConnection connection;

    public PreparingConnectionTests()
    {
        var file = Path.Combine(folder, "scimslice.db");
        database = new SqliteDatabase($"Data Source={file}");
        database.Migrate(TimeProvider.System);
        var inner = new SqliteConnection($"Data Source={file};Pooling=False");
        inner.Open();
        connection = new PreparingConnection(inner);
        connection.Execute("create table notes (id integer primary key, text text not null unique)");
    }

    public void Dispose()
    {
        connection.Dispose();
        database.DisposeAsync().AsTask().Wait();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_statement_that_is_used_again_is_not_prepared_again()
    {
        connection.Execute(Insert, new { text = "a" });
        var kept = connection.Kept;
        var first = connection.Take(Insert);
        connection.GiveBack(first);

        connection.Execute(Insert, new { text = "b" });

        connection.Kept.Should().Be(kept);
        connection.Take(Insert).Should().BeSameAs(first);
        connection.Query<string>("select text from notes order by id").Should().Equal("a", "b");
    }

    [Fact]
    public void A_statement_whose_execution_failed_is_usable_again()
    {
        connection.Execute(Insert, new { text = "a" });

        connection.Invoking(it => it.Execute(Insert, new { text = "a" })).Should().Throw<SqliteException>();
        connection.Invoking(it => it.Execute(Insert)).Should().Throw<InvalidOperationException>("a value of before does not stay bound");
        connection.Execute(Insert, new { text = "b" });

        connection.Query<string>("select text from notes order by id").Should().Equal("a", "b");
    }

    [Fact]
    public void A_text_that_cannot_be_prepared_harms_no_other()
    {
        connection.Invoking(it => it.Execute("insert into nowhere values (1)")).Should().Throw<SqliteException>();
        connection.Execute("create table nowhere (id integer)");

        connection.Execute("insert into nowhere values (1)");

        connection.ExecuteScalar<long>("select count(*) from nowhere").Should().Be(1);
    }

    [Fact]
    public void A_statement_that_is_in_use_can_be_used_a_second_time()
    {
        connection.Execute("insert into notes (text) values ('a'), ('b')");

        var pairs = connection.Query<string>("select text from notes order by id", buffered: false)
            .SelectMany(outer => connection.Query<string>("select text from notes order by id").Select(inner => outer + inner)).ToList();

        pairs.Should().Equal("aa", "ab", "ba", "bb");
    }

    [Fact]
    public void A_reader_that_stopped_in_the_middle_does_not_hold_on_to_what_it_saw()
    {
        connection.Execute("insert into notes (text) values ('a'), ('b')");
        connection.QueryFirst<string>("select text from notes order by id").Should().Be("a");
        using var other = new SqliteConnection(connection.ConnectionString);
        other.Open();

        other.Execute("update notes set text = 'c' where text = 'a'");

        connection.QueryFirst<string>("select text from notes order by id").Should().Be("c");
    }

    [Fact]
    public void Texts_without_end_are_not_all_kept()
    {
        for (var number = 0; number < PreparingConnection.MaxKept * 3; number++)
        {
            connection.ExecuteScalar<long>($"select {number}").Should().Be(number);
        }

        connection.ExecuteScalar<string>($"select '{new string('x', PreparingConnection.MaxKeptText)}'").Should().HaveLength(PreparingConnection.MaxKeptText);

        connection.Kept.Should().Be(PreparingConnection.MaxKept);
    }

    [Fact]
    public void Texts_that_came_late_are_kept_when_they_are_used_again()
    {
        for (var number = 0; number < PreparingConnection.MaxKept; number++)
        {
            connection.ExecuteScalar<long>($"select {number}");
        }

        connection.ExecuteScalar<string>("select 'late'");
        connection.ExecuteScalar<string>("select 'later'");
        var (late, later) = (connection.Take("select 'late'"), connection.Take("select 'later'"));

        connection.Kept.Should().Be(PreparingConnection.MaxKept - 2, "both were there");
        connection.GiveBack(late);
        connection.GiveBack(later);
    }

    [Fact]
    public void A_limit_that_is_bound_anew_makes_no_new_plan()
    {
        var reader = database.RentReader();
        using var command = reader.CreateCommand();
        command.CommandText = "select u.version, u.document from users u where u.organization_id = @organizationId order by u.id limit @count offset @offset";
        var parameters = new SqlParameters().With("organizationId", "o").With("count", 100).With("offset", 0);
        parameters.AddTo(command);

        command.ExecuteReader().Dispose();
        command.Parameters["@count"].Value = 7;
        using var rows = (SqliteDataReader)command.ExecuteReader();

        raw.sqlite3_stmt_status(rows.Handle, Reprepared, 0).Should().Be(0);
    }

    [Theory]
    [InlineData("external_id = @key", "users_external_id (organization_id=? AND external_id=?)")]
    [InlineData("display_name_key = @key", "users_display_name_key (organization_id=? AND display_name_key=?)")]
    [InlineData("user_name_key = @key", "users_user_name_key (organization_id=? AND user_name_key=?)")]
    [InlineData("id = @key", "sqlite_autoindex_users_1 (organization_id=? AND id=?)")]
    public void A_plan_that_does_not_look_at_the_values_uses_the_index_all_the_same(string condition, string expected)
    {
        var reader = database.RentReader();

        var plan = reader.Query<(long, long, long, string Detail)>(
            $"explain query plan select u.version, u.document from users u where u.organization_id = @organizationId and u.{condition} order by u.id limit @count offset @offset",
            new { organizationId = "o", key = "x", count = 100, offset = 0 });

        plan.Select(step => step.Detail).Should().Contain(detail => detail.EndsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reader_is_given_back_after_a_fault()
    {
        var reader = database.RentReader();
        database.ReturnReader(reader);
        using var session = new StorageSession(database);

        await session.Invoking(it => it.NumberAsync("select nonsense", new SqlParameters(), CancellationToken.None).AsTask()).Should().ThrowAsync<DbException>();

        database.RentReader().Should().BeSameAs(reader);
    }
}
