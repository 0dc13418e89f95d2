using System.Data.Common;
using Dapper;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using ScimSlice.Infrastructure.Storage;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>Changes that arrive together share a transaction, each under a savepoint of its own.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-writer-").FullName;
    private readonly SqliteDatabase database;

    private string DatabaseFile => Path.Combine(folder, "scimslice.db");

    public SqliteDatabaseTests()
    {
        database = new SqliteDatabase($"Data Source={DatabaseFile}");
        database.Migrate(TimeProvider.System);
        using var file = OpenFile();
        file.Execute("create table notes (id integer primary key, text text not null unique)");
    }

    public void Dispose()
    {
        database.DisposeAsync().AsTask().Wait();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_was_written_is_seen_by_others_when_the_answer_comes()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async index =>
        {
            await NoteAsync($"n{index}");

            using var file = OpenFile();
            file.ExecuteScalar<long>("select count(*) from notes where text = @text", new { text = $"n{index}" }).Should().Be(1);
        }));

        Notes().Should().HaveCount(200);
    }

    [Fact]
    public async Task Changes_that_wait_together_share_a_transaction()
    {
        var (gate, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = HoldAsync(gate.Task, entered);
        await entered.Task;
        var others = Enumerable.Range(0, 20).Select(index => NoteAsync($"n{index}")).ToArray();

        Notes().Should().BeEmpty();
        first.IsCompleted.Should().BeFalse();
        others.Should().OnlyContain(other => !other.IsCompleted);
        gate.SetResult();
        await Task.WhenAll([first, .. others]);

        Notes().Should().HaveCount(21);
    }

    [Fact]
    public async Task A_change_that_fails_in_the_middle_of_a_group_undoes_only_itself()
    {
        var (gate, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = HoldAsync(gate.Task, entered);
        await entered.Task;
        var before = NoteAsync("before");
        var failing = database.WriteAsync<int>(
            async connection =>
            {
                await connection.ExecuteAsync("insert into notes (text) values ('canary')");
                throw new InvalidOperationException("on purpose");
            },
            CancellationToken.None);
        var colliding = NoteAsync("before");
        var after = NoteAsync("after");
        gate.SetResult();

        await Task.WhenAll(first, before, after);
        await failing.Invoking(task => task).Should().ThrowAsync<InvalidOperationException>();
        await colliding.Invoking(task => task).Should().ThrowAsync<SqliteException>();

        Notes().Should().BeEquivalentTo("held", "before", "after");
    }

    [Fact]
    public async Task A_change_sees_what_its_group_has_written_before_it()
    {
        var (gate, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = HoldAsync(gate.Task, entered);
        await entered.Task;
        var counting = database.WriteAsync(async connection => await connection.ExecuteScalarAsync<long>("select count(*) from notes"), CancellationToken.None);
        gate.SetResult();

        await first;

        (await counting).Should().Be(1);
    }

    [Fact]
    public async Task A_transaction_that_breaks_fails_all_of_its_group_and_the_next_one_works()
    {
        var (gate, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = HoldAsync(gate.Task, entered);
        await entered.Task;
        var breaking = database.WriteAsync(async connection => await connection.ExecuteAsync("rollback"), CancellationToken.None);
        gate.SetResult();

        await first.Invoking(task => task).Should().ThrowAsync<DbException>();
        await breaking.Invoking(task => task).Should().ThrowAsync<DbException>();
        Notes().Should().BeEmpty();
        await NoteAsync("next");

        Notes().Should().Equal("next");
    }

    [Fact]
    public async Task A_change_that_was_given_up_before_its_turn_is_not_made()
    {
        var (gate, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var givenUp = new CancellationTokenSource();
        var first = HoldAsync(gate.Task, entered);
        await entered.Task;
        var second = database.WriteAsync(async connection => await connection.ExecuteAsync("insert into notes (text) values ('canary')"), givenUp.Token);
        await givenUp.CancelAsync();
        gate.SetResult();

        await first;
        await second.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();

        Notes().Should().Equal("held");
    }

    [Fact]
    public async Task Readers_wait_for_no_writer_and_cannot_write()
    {
        var (gate, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = HoldAsync(gate.Task, entered);
        await entered.Task;
        var reader = database.RentReader();

        reader.ExecuteScalar<long>("select count(*) from notes").Should().Be(0);
        reader.Invoking(connection => connection.Execute("insert into notes (text) values ('canary')")).Should().Throw<SqliteException>();
        database.ReturnReader(reader);
        gate.SetResult();
        await first;

        Notes().Should().Equal("held");
    }

    [Fact]
    public void A_file_that_is_no_database_is_told_in_one_line()
    {
        var garbage = Path.Combine(folder, "garbage.db");
        File.WriteAllText(garbage, new string('x', 10_000));

        var opening = () => new SqliteDatabase($"Data Source={garbage}").Migrate(TimeProvider.System);

        opening.Should().Throw<StorageException>().Which.Message.Should().Contain(garbage).And.NotContain("\n");
    }

    [Fact]
    public void A_folder_that_cannot_be_created_is_told_in_one_line()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        var opening = () => new SqliteDatabase($"Data Source={Path.Combine(file, "below", "scimslice.db")}").Migrate(TimeProvider.System);

        opening.Should().Throw<StorageException>().Which.Message.Should().Contain(file).And.NotContain("\n");
    }

    /// <summary>A change that keeps its transaction open until the gate opens.</summary>
    private Task<int> HoldAsync(Task gate, TaskCompletionSource entered) => database.WriteAsync(
        async connection =>
        {
            var inserted = await connection.ExecuteAsync("insert into notes (text) values ('held')");
            entered.SetResult();
            await gate;
            return inserted;
        },
        CancellationToken.None);

    private Task<int> NoteAsync(string text) => database.WriteAsync(
        async connection => await connection.ExecuteAsync("insert into notes (text) values (@text)", new { text }), CancellationToken.None);

    private string[] Notes()
    {
        using var file = OpenFile();
        return [.. file.Query<string>("select text from notes order by id")];
    }

    private SqliteConnection OpenFile()
    {
        var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        connection.Open();
        return connection;
    }
}
