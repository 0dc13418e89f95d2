using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>SQLite's SQL. JSON columns hold its binary JSON (JSONB), so that a lookup parses nothing.</summary>
public sealed class SqliteDialect : ISqlDialect
{
    public string Locking(string alias) => "";

    public string LockingWhole(string alias) => "";

    public string LockingFree(string alias) => "";

    public string Keeping(string alias) => "";

    public string Texts(string parameter, string alias) => $"json_each({parameter}) as {alias}";

    public string IsAmong(string column, string parameter) => $"({column} in (select value from json_each({parameter})))";

    public string IsNotAmong(string column, string parameter) => $"({column} not in (select value from json_each({parameter})))";

    public string NextPosition(string table, string organization, string? texts = null) =>
        $"(select coalesce(max(p.position), 0) + 1 from {table} p where p.organization_id = {organization}){(texts is null ? "" : $" + {texts}.key")}";

    public string? OrderLock(string organization) => null;

    public string DocumentText(string document, string name) => $"(cast({document} as text) ->> {Path([name])})";

    public string Json(string parameter) => $"jsonb({parameter})";

    public string JsonText(string json, IReadOnlyList<string> path) => $"({json} ->> {Path(path)})";

    public string JsonPath(IReadOnlyList<string> path) => $"$.{Names(path)}";

    // There is one writer at a time, and this is it.
    public string WaitForWriters(string table) => "select 1";

    public string JsonExists(string json, IReadOnlyList<string> path) => $"(json_type({json}, {Path(path)}) is not null)";

    public string JsonElements(string json, IReadOnlyList<string> path, string alias) => $"json_each({json}, {Path(path)}) as {alias}";

    public string JsonElement(string alias) => $"{alias}.value";

    public string JsonElementText(string alias) => $"{alias}.value";

    public string JsonFirstText(string json, IReadOnlyList<string> path, string? member) =>
        $"({json} ->> '$.{Names(path)}[0]{(member is null ? "" : $".{Names([member])}")}')";

    public string Contains(string text, string parameter) => $"(instr({text}, {parameter}) > 0)";

    // Straight from SQLite's page, with no array for each row.
    public ReadOnlyMemory<byte> Bytes(DbDataReader row, int column, DocumentBuffer buffer) =>
        buffer.Copy(raw.sqlite3_column_blob(((SqliteDataReader)row).Handle, column));

    public bool IsTransient(DbException fault) => fault is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED };

    public bool IsUnavailable(DbException fault) => fault is SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN };

    /// <summary>Whether a connection that met the fault may go on meeting it when the file is well again.</summary>
    internal static bool IsOfTheFile(DbException fault) => fault is SqliteException { SqliteErrorCode: raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN };

    // SQLite names the columns, not the index: "UNIQUE constraint failed: users.organization_id, users.user_name_key".
    public bool IsUniqueViolation(DbException fault, string column) =>
        fault is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE } && fault.Message.Contains($".{column}", StringComparison.Ordinal);

    /// <summary>A JSON path literal. Names come from the schemas only; quoting keeps dots and colons of URNs from meaning anything.</summary>
    private static string Path(IReadOnlyList<string> path) => $"'$.{Names(path)}'";

    private static string Names(IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (name.AsSpan().IndexOfAny('"', '\\', '\'') >= 0)
            {
                throw new InvalidOperationException($"The schema name {name} cannot stand in SQL.");
            }
        }

        return string.Join('.', path.Select(name => $"\"{name}\""));
    }
}
