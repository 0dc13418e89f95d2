using System.Data.Common;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// The one writer of a SQLite file. Whatever is queued when a transaction begins shares it, each under a savepoint of its own,
/// and each is answered after the commit that holds it: one disk flush serves many requests. Organizations take turns.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    /// <summary>Work that shares one transaction at most, so that the first in line does not wait for all the others.</summary>
    private const int MaxGroup = 128;

    /// <summary>How long a transaction takes more work. What takes long is committed, and answered, before others begin.</summary>
    private static readonly TimeSpan LongestGroup = TimeSpan.FromMilliseconds(200);

    /// <summary>Work that may wait; beyond it, callers wait for a place.</summary>
    private const int MaxQueue = 4096;

    private readonly WriterQueue<Item> queue = new(MaxQueue);

    private readonly string file;
    private readonly Func<PreparingConnection> open;
    private readonly Task loop;
    private PreparingConnection? connection;

    public SqliteWriter(string file, Func<PreparingConnection> open)
    {
        this.file = file;
        this.open = open;

        // A thread of its own: on the pool each group would wait behind the requests that wait for it.
        loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <param name="organizationId">In whose turn; null for the service's own.</param>
    public async Task<T> WriteAsync<T>(string? organizationId, Func<DbConnection, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var item = new Item<T>(work, cancellationToken);
        await queue.AddAsync(organizationId ?? "", item, cancellationToken);

        // What waits for its turn ends at once; what has begun ends at its next statement, and is undone.
        await using var ending = cancellationToken.UnsafeRegister(static waiting => ((Item<T>)waiting!).GiveUp(), item);
        return await item.Result;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Complete();
        await loop;
        queue.Dispose();
        connection?.Dispose();
    }

    private void Run()
    {
        var group = new List<Item>(MaxGroup);
        while (queue.Wait())
        {
            group.Clear();
            try
            {
                connection ??= open();
                RequireFile();
                Execute("begin immediate");
                var begun = Stopwatch.GetTimestamp();
                while (group.Count < MaxGroup && (group.Count == 0 || Stopwatch.GetElapsedTime(begun) < LongestGroup) && queue.TryTake(out var item))
                {
                    group.Add(item);
                    Run(item);
                }

                Commit();
                group.ForEach(item => item.Complete());
            }
            catch (Exception fault)
            {
                Abandon();
                if (group.Count == 0)
                {
                    // The transaction could not begin. All that wait for it are told, lest each waits for the same lock in its turn.
                    while (group.Count < MaxGroup && queue.TryTake(out var waiting))
                    {
                        group.Add(waiting);
                    }
                }

                group.ForEach(item => item.Fail(fault));
            }
        }
    }

    /// <summary>Runs one item under its savepoint. A fault of the item undoes the item; a fault of the transaction undoes the group.</summary>
    private void Run(Item item)
    {
        Execute("savepoint item");
        try
        {
            item.RunAsync(connection!).GetAwaiter().GetResult();
        }
        catch (Exception fault)
        {
            // A full disk or an IO error has ended the transaction already; then there is no savepoint, and the group fails for that fault.
            try
            {
                Execute("rollback to item");
            }
            catch (DbException ended)
            {
                ExceptionDispatchInfo.Throw(fault is DbException ? fault : ended);
            }

            item.FailAfterCommit(fault);
        }

        Execute("release item");
    }

    /// <summary>A flush that fails says nothing of what is on disk: the changes may be found there when the file is opened again.</summary>
    private void Commit()
    {
        try
        {
            Execute("commit");
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == raw.SQLITE_IOERR)
        {
            throw new CommitUnknownException(fault.Message, fault);
        }
    }

    /// <summary>
    /// Undoes what is open and closes. The next group gets a new connection, which sees the file as it is then: one that was opened
    /// while the file was read-only would stay so.
    /// </summary>
    private void Abandon()
    {
        try
        {
            Execute("rollback");
        }
        catch (Exception)
        {
            // There is no transaction, or no connection; closing ends what is left.
        }

        connection?.Dispose();
        connection = null;
    }

    /// <summary>A file that was moved away or deleted still takes writes, which nobody would ever find again.</summary>
    private void RequireFile()
    {
        if (!File.Exists(file))
        {
            throw new SqliteException("The file is gone.", raw.SQLITE_CANTOPEN);
        }
    }

    private void Execute(string sql) => connection!.Run(sql);

    private abstract class Item
    {
        public abstract Task RunAsync(DbConnection connection);

        /// <summary>Remembers the fault: it may rest on what the group wrote, so it is told when that is committed.</summary>
        public abstract void FailAfterCommit(Exception fault);

        public abstract void Complete();

        public abstract void Fail(Exception fault);
    }

    private sealed class Item<T>(Func<DbConnection, ValueTask<T>> work, CancellationToken cancellationToken) : Item
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Activity? activity = Activity.Current;
        private Exception? fault;
        private T? result;
        private int taken;

        public Task<T> Result => completion.Task;

        /// <summary>Ends the wait of work that has not begun, which then is not done.</summary>
        public void GiveUp()
        {
            if (Interlocked.Exchange(ref taken, 1) == 0)
            {
                completion.TrySetCanceled(cancellationToken);
            }
        }

        public override async Task RunAsync(DbConnection connection)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Interlocked.Exchange(ref taken, 1) != 0)
            {
                return;
            }

            Activity.Current = activity;
            result = await work(connection);
        }

        public override void FailAfterCommit(Exception fault) => this.fault = fault;

        public override void Complete()
        {
            if (fault is null)
            {
                completion.TrySetResult(result!);
            }
            else
            {
                completion.TrySetException(fault);
            }
        }

        public override void Fail(Exception fault) => completion.TrySetException(fault);
    }
}
