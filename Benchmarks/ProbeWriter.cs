using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace ScimSlice.Benchmarks;

/// <summary>
/// Inserts rows in groups: whatever waits when a transaction begins shares its commit, which is on disk before any of them is
/// answered. The table holds as many rows as ScimSlice's, under a key and a unique name.
/// </summary>
internal sealed class ProbeWriter
{
    private readonly Channel<(byte[] Document, TaskCompletionSource Done)> queue =
        Channel.CreateUnbounded<(byte[], TaskCompletionSource)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly SqliteConnection connection;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand insert;
    private readonly SqliteCommand commit;
    private readonly string run = Guid.NewGuid().ToString("N");
    private long count;

    public ProbeWriter(string file)
    {
        connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using (var pragmas = Prepare("pragma journal_mode = wal"))
        {
            pragmas.ExecuteNonQuery();
            pragmas.CommandText = "pragma synchronous = full";
            pragmas.ExecuteNonQuery();
        }

        begin = Prepare("begin immediate");
        commit = Prepare("commit");
        insert = Prepare("insert into users (id, name, document) values (@id, @name, @document)");
        insert.Parameters.AddWithValue("@id", "");
        insert.Parameters.AddWithValue("@name", "");
        insert.Parameters.AddWithValue("@document", Array.Empty<byte>());
        insert.Prepare();
        _ = Task.Run(RunAsync);
    }

    public Task InsertAsync(byte[] document)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Writer.TryWrite((document, done));
        return done.Task;
    }

    private async Task RunAsync()
    {
        var group = new List<TaskCompletionSource>();
        while (await queue.Reader.WaitToReadAsync())
        {
            begin.ExecuteNonQuery();
            while (group.Count < 128 && queue.Reader.TryRead(out var item))
            {
                insert.Parameters[0].Value = Guid.CreateVersion7().ToString();
                insert.Parameters[1].Value = string.Create(CultureInfo.InvariantCulture, $"{run}-{++count}@example.com");
                insert.Parameters[2].Value = item.Document;
                insert.ExecuteNonQuery();
                group.Add(item.Done);
            }

            commit.ExecuteNonQuery();
            group.ForEach(done => done.SetResult());
            group.Clear();
        }
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
