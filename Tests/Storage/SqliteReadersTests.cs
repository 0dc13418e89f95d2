using System.Data.Common;
using Dapper;
using FluentAssertions;
using ScimSlice.Infrastructure.Storage;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>A statement that takes too long is ended, and nothing else with it.</summary>
public sealed class SqliteReadersTests : IDisposable
{
    private const string Endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-readers-").FullName;
    private readonly SqliteDatabase database;

    public SqliteReadersTests()
    {
        database = new SqliteDatabase($"Data Source={Path.Combine(folder, "scimslice.db")}", longestRead: TimeSpan.FromMilliseconds(100));
        database.Migrate(TimeProvider.System);
    }

    public void Dispose()
    {
        database.DisposeAsync().AsTask().Wait();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_statement_without_end_is_ended_and_its_connection_goes_on()
    {
        using var session = new StorageSession(database);

        var counting = () => Task.Run(() => session.Connection.ExecuteScalar<long>(Endless));

        var fault = (await counting.Should().ThrowAsync<DbException>()).Which;
        database.Dialect.IsUnavailable(fault).Should().BeTrue();
        database.Dialect.IsTransient(fault).Should().BeFalse("the same again would take as long");
        session.Connection.ExecuteScalar<long>("select 1").Should().Be(1);
    }

    [Fact]
    public async Task A_statement_whose_request_is_given_up_is_ended_and_its_connection_goes_on()
    {
        await using var patient = new SqliteDatabase($"Data Source={Path.Combine(folder, "scimslice.db")}", longestRead: TimeSpan.FromHours(1));
        using var session = new StorageSession(patient);
        using var request = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        var counting = () => Task.Run(async () => await session.NumberAsync(Endless, new SqlParameters(), request.Token)).WaitAsync(TimeSpan.FromSeconds(60));

        await counting.Should().ThrowAsync<OperationCanceledException>();
        (await session.NumberAsync("select 1", new SqlParameters(), CancellationToken.None)).Should().Be(1);
    }

    [Fact]
    public async Task A_connection_that_was_given_back_in_time_is_new_for_the_next_request()
    {
        DbConnection first;
        using (var session = new StorageSession(database))
        {
            first = session.Connection;
            var counting = () => Task.Run(() => session.Connection.ExecuteScalar<long>(Endless));
            await counting.Should().ThrowAsync<DbException>();
        }

        using var next = new StorageSession(database);

        next.Connection.Should().BeSameAs(first);
        next.Connection.ExecuteScalar<long>("with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000) select count(*) from n").Should().Be(10000);
    }

    [Fact]
    public void After_a_fault_of_the_file_requests_get_new_connections()
    {
        DbConnection before;
        using (var session = new StorageSession(database))
        {
            before = session.Connection;
        }

        using var during = new StorageSession(database);
        during.Connection.Should().BeSameAs(before);
        database.Renew(new Microsoft.Data.Sqlite.SqliteException("disk I/O error", 10));
        during.Dispose();
        using var after = new StorageSession(database);

        after.Connection.Should().NotBeSameAs(before);
        after.Connection.ExecuteScalar<long>("select 1").Should().Be(1);
    }

    [Fact]
    public async Task A_snapshot_takes_as_long_as_it_takes()
    {
        using var session = new StorageSession(database);
        await using var snapshot = await session.BeginSnapshotAsync(CancellationToken.None);

        // Some seconds of work, and so some looks at what is late.
        var counted = await Task.Run(() => session.Connection.ExecuteScalar<long>(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000000) select count(*) from n"));

        counted.Should().Be(20000000);
    }
}
