using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// A SQLite connection that keeps its prepared statements: the same SQL text is prepared once and bound anew each time.
/// Preparing costs more than a point read. For one user at a time, like the connection below it.
/// </summary>
internal sealed class PreparingConnection(SqliteConnection inner) : DbConnection
{
    /// <summary>Statements kept for each connection. Filters make texts without end; the operations' own are some dozens.</summary>
    public const int MaxKept = 64;

    /// <summary>A text beyond this is prepared each time: kept, such texts could take memory without measure.</summary>
    public const int MaxKeptText = 8 * 1024;

    // In the order of their use: a plain dictionary gives the place that was freed last away first, and what came late was never kept.
    private readonly OrderedDictionary<string, SqliteCommand> idle = new(MaxKept, StringComparer.Ordinal);

    private readonly Dictionary<string, sqlite3_stmt> bare = new(StringComparer.Ordinal);

    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => throw new NotSupportedException();
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    internal sqlite3 Handle => inner.Handle!;

    /// <summary>Statements that wait for their next use.</summary>
    internal int Kept => idle.Count;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Open() => inner.Open();

    public override void Close() => inner.Close();

    /// <summary>
    /// Lets a token end the statement that runs, until what is returned is disposed of. For connections that read: a change that is broken
    /// off takes those with it that share its transaction.
    /// </summary>
    internal CancellationTokenRegistration EndOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static reader => raw.sqlite3_interrupt(((PreparingConnection)reader!).Handle), this);

    /// <summary>Runs a statement without parameters and rows, one of the few around each change, with nothing between it and SQLite.</summary>
    internal void Run(string sql)
    {
        if (!bare.TryGetValue(sql, out var statement))
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement), Handle);
            bare.Add(sql, statement);
        }

        try
        {
            var result = raw.sqlite3_step(statement);
            if (result != raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(result, Handle);
            }
        }
        finally
        {
            _ = raw.sqlite3_reset(statement);
        }
    }

    /// <summary>A statement that is prepared already where one of this text is idle.</summary>
    internal SqliteCommand Take(string sql)
    {
        if (idle.Remove(sql, out var command))
        {
            return command;
        }

        command = inner.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    internal void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        if (command.CommandText.Length > MaxKeptText)
        {
            command.Dispose();
            return;
        }

        if (idle.Count >= MaxKept)
        {
            var (_, oldest) = idle.GetAt(0);
            idle.RemoveAt(0);
            oldest.Dispose();
        }

        if (!idle.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        throw new NotSupportedException("Transactions belong to the unit of work.");

    protected override DbCommand CreateDbCommand() => new PreparingCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var statement in bare.Values)
            {
                statement.Dispose();
            }

            bare.Clear();
            foreach (var command in idle.Values)
            {
                command.Dispose();
            }

            idle.Clear();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
