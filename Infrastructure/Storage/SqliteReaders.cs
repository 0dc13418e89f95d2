using System.Collections.Concurrent;
using System.Diagnostics;
using SQLitePCL;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// The connections that read, kept for the next request, and the end of statements that take too long: a filter that no index
/// serves reads all users of its organization, and must not keep a processor busy for ever.
/// </summary>
internal sealed class SqliteReaders : IDisposable
{
    /// <summary>Connections that are kept; more are opened when needed and closed again.</summary>
    private const int MaxKept = 16;

    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(1);

    // The one that was used last is taken first: its pages and statements are warm.
    private readonly ConcurrentStack<Reader> idle = [];
    private readonly ConcurrentDictionary<PreparingConnection, Reader> readers = [];
    private readonly Func<PreparingConnection> open;
    private readonly TimeSpan longest;
    private readonly Timer timer;
    private int generation;

    /// <param name="longest">How long a connection may be used for one request.</param>
    public SqliteReaders(Func<PreparingConnection> open, TimeSpan longest)
    {
        this.open = open;
        this.longest = longest;
        timer = new Timer(_ => EndLate(), null, Pulse, Pulse);
    }

    public PreparingConnection Rent()
    {
        if (!idle.TryPop(out var reader))
        {
            reader = new Reader(open(), Volatile.Read(ref generation));
            readers[reader.Connection] = reader;
        }

        reader.Begin();
        return reader.Connection;
    }

    public void Return(PreparingConnection connection)
    {
        var reader = readers[connection];
        reader.End();
        if (idle.Count < MaxKept && reader.Generation == Volatile.Read(ref generation))
        {
            idle.Push(reader);
        }
        else
        {
            readers.TryRemove(connection, out _);
            connection.Dispose();
        }
    }

    /// <summary>Lets a connection be used for as long as it takes, until it is given back.</summary>
    public void Exempt(PreparingConnection connection) => readers[connection].Exempt();

    /// <summary>Opens new connections from here on, which see the file as it is then; those in use are closed when they are given back.</summary>
    public void Renew()
    {
        Interlocked.Increment(ref generation);
        CloseIdle();
    }

    public void Dispose()
    {
        timer.Dispose();
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (idle.TryPop(out var reader))
        {
            readers.TryRemove(reader.Connection, out _);
            reader.Connection.Dispose();
        }
    }

    private void EndLate()
    {
        foreach (var reader in readers.Values)
        {
            reader.EndIfLate(longest);
        }
    }

    private sealed class Reader(PreparingConnection connection, int generation)
    {
        private const long Idle = 0;
        private const long Unlimited = -1;

        private readonly Lock gate = new();
        private long since;

        public PreparingConnection Connection => connection;

        public int Generation => generation;

        public void Begin() => Set(Stopwatch.GetTimestamp());

        public void Exempt() => Set(Unlimited);

        public void End() => Set(Idle);

        /// <summary>Under the lock, so that no other request has the connection by now.</summary>
        public void EndIfLate(TimeSpan longest)
        {
            lock (gate)
            {
                if (since > Idle && Stopwatch.GetElapsedTime(since) > longest)
                {
                    raw.sqlite3_interrupt(connection.Handle);
                }
            }
        }

        private void Set(long value)
        {
            lock (gate)
            {
                since = value;
            }
        }
    }
}
