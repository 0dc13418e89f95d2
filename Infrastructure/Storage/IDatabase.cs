using System.Data.Common;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>One database engine: where connections come from and how a change becomes durable.</summary>
public interface IDatabase
{
    ISqlDialect Dialect { get; }

    /// <summary>A connection that only reads and waits for no writer. It may have to be opened, which Dapper does for each statement.</summary>
    DbConnection RentReader();

    void ReturnReader(DbConnection connection);

    /// <summary>Told of a fault that a request was refused for: what follows shall not meet it on the same connection again.</summary>
    void Renew(DbException fault);

    /// <summary>
    /// Runs <paramref name="work"/> on the writing connection, all or nothing, and returns when its effect is on disk. It may
    /// share a transaction with other work (under a savepoint of its own) and may be run again after a transient fault.
    /// Work lets a statement's fault go on to here, however it answers: one engine gives up the transaction at any fault.
    /// Throws <see cref="CommitUnknownException"/> where nobody can tell whether it took effect.
    /// </summary>
    /// <param name="organizationId">In whose turn, where changes are made one after another; null for the service's own.</param>
    Task<T> WriteAsync<T>(string? organizationId, Func<DbConnection, ValueTask<T>> work, CancellationToken cancellationToken);

    /// <summary>Whether a statement can be run now. Throws nothing.</summary>
    bool IsReachable();

    /// <summary>Makes a change of the size of a client's durable, and takes it back. Throws where the storage takes no changes.</summary>
    Task TryChangeAsync();

    /// <summary>Brings the schema to this program's version. Throws <see cref="StorageException"/> where it cannot.</summary>
    void Migrate(TimeProvider clock);

    /// <summary>Which versions of the schema the database has. Changes nothing and creates nothing.</summary>
    MigrationStatus ReadMigrations();

    /// <summary>
    /// Copies the database of this moment to a new file while others write, and returns the file's size in bytes. Throws
    /// <see cref="StorageException"/> where it cannot, or where the engine has tools of its own for it.
    /// </summary>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    Task<long> BackupAsync(string file, Action<double> progress, CancellationToken cancellationToken);

    /// <summary>Lets a reading connection see the database of one moment until what is returned is disposed of.</summary>
    Task<IAsyncDisposable> BeginSnapshotAsync(DbConnection reader, CancellationToken cancellationToken);
}
