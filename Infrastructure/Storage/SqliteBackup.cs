using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Copies a SQLite database while others write to it, with SQLite's online backup over one read transaction: the copy is the
/// database of one moment, and no writer waits for it.
/// </summary>
internal static class SqliteBackup
{
    /// <summary>Pages copied between two looks at whether to go on.</summary>
    private const int PagesAtOnce = 1024;

    /// <summary>Writes the copy to <paramref name="path"/>, a new file, and returns its size in bytes.</summary>
    /// <param name="progress">Told the share that is copied, 0 to 1.</param>
    public static long Run(SqliteConnection source, string path, Action<double> progress, CancellationToken cancellationToken)
    {
        using var file = WholeFile.Create(path);
        try
        {
            using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file.UnfinishedPath, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ToString());
            copy.Open();
            copy.Execute("pragma synchronous = off");
            Copy(source, copy, progress, cancellationToken);

            // One file that stands alone; the server turns WAL mode on again when it starts on it.
            copy.Execute("pragma journal_mode = delete");
            Check(copy, path);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            throw Damaged(path, fault.Message);
        }
        catch (DbException fault)
        {
            throw new StorageException($"{path} cannot be written: {fault.Message}", fault);
        }

        var size = new FileInfo(file.UnfinishedPath).Length;
        file.Publish();
        return size;
    }

    private static void Copy(SqliteConnection source, SqliteConnection copy, Action<double> progress, CancellationToken cancellationToken)
    {
        // The snapshot; without it every change by another connection would start the copy anew.
        using var snapshot = source.BeginTransaction(deferred: true);
        source.ExecuteScalar<long>("select count(*) from sqlite_master");

        using var backup = raw.sqlite3_backup_init(copy.Handle, "main", source.Handle, "main");
        SqliteException.ThrowExceptionForRC(backup.IsInvalid ? raw.sqlite3_errcode(copy.Handle) : raw.SQLITE_OK, copy.Handle);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = raw.sqlite3_backup_step(backup, PagesAtOnce);
            if (result == raw.SQLITE_DONE)
            {
                return;
            }

            SqliteException.ThrowExceptionForRC(result, copy.Handle);
            var pages = raw.sqlite3_backup_pagecount(backup);
            progress(pages == 0 ? 1 : 1 - ((double)raw.sqlite3_backup_remaining(backup) / pages));
        }
    }

    private static void Check(SqliteConnection copy, string path)
    {
        var found = copy.QueryFirst<string>("pragma integrity_check(1)");
        if (found != "ok")
        {
            throw Damaged(path, found);
        }
    }

    private static StorageException Damaged(string path, string found) =>
        new($"{path} is not written: the database is damaged ({found.ReplaceLineEndings(" ")}). Keep its file and restore an earlier backup.");
}
