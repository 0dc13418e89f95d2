using System.Data.Common;
using Npgsql;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>PostgreSQL's SQL. JSON columns are jsonb; text compares by its bytes.</summary>
public sealed class PostgresDialect : ISqlDialect
{
    // Not "for update": references from other tables to the row may be made meanwhile.
    public string Locking(string alias) => $" for no key update of {alias}";

    public string LockingWhole(string alias) => $" for update of {alias}";

    public string LockingFree(string alias) => $" for no key update of {alias} skip locked";

    public string Keeping(string alias) => $" for key share of {alias}";

    public string Texts(string parameter, string alias) => $"jsonb_array_elements_text(cast({parameter} as jsonb)) as {alias}(value)";

    // An array, of which the planner expects ten; it would expect a hundred of a row source, and read the whole table for them.
    public string IsAmong(string column, string parameter) => $"({column} = any (array (select jsonb_array_elements_text(cast({parameter} as jsonb)))))";

    // A subquery is hashed, which an array is not.
    public string IsNotAmong(string column, string parameter) => $"({column} not in (select jsonb_array_elements_text(cast({parameter} as jsonb))))";

    public string NextPosition(string table, string organization, string? texts = null) => "null";

    // Two that share a hash wait for each other, and nothing else. What runs behind it joins nothing row by row: a plan for the table as it was
    // when it was almost empty compares each event with each, and so does one for the table as it is by what was known of it then.
    public string? OrderLock(string organization) =>
        $"select pg_advisory_xact_lock(hashtextextended({organization}, 7)), set_config('enable_nestloop', 'off', true)";

    public string DocumentText(string document, string name) => $"(cast(convert_from({document}, 'UTF8') as json) ->> {Quote(name)})";

    public string Json(string parameter) => $"cast({parameter} as jsonb)";

    public string JsonText(string json, IReadOnlyList<string> path) =>
        $"(({json}{Arrows(path.Take(path.Count - 1))} ->> {Quote(path[^1])}) collate \"C\")";

    public string JsonPath(IReadOnlyList<string> path) =>
        $"{{{string.Join(',', path.Select(name => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""))}}}";

    public string WaitForWriters(string table) => $"lock table {table} in share row exclusive mode";

    public string JsonExists(string json, IReadOnlyList<string> path) => $"(({json}{Arrows(path)}) is not null)";

    public string JsonElements(string json, IReadOnlyList<string> path, string alias) =>
        $"jsonb_array_elements(case jsonb_typeof({json}{Arrows(path)}) when 'array' then {json}{Arrows(path)} else '[]' end) as {alias}(value)";

    public string JsonElement(string alias) => $"{alias}.value";

    public string JsonElementText(string alias) => $"(({alias}.value #>> '{{}}') collate \"C\")";

    public string JsonFirstText(string json, IReadOnlyList<string> path, string? member) => member is null
        ? $"(({json}{Arrows(path)} ->> 0) collate \"C\")"
        : $"(({json}{Arrows(path)} -> 0 ->> {Quote(member)}) collate \"C\")";

    public string Contains(string text, string parameter) => $"(strpos({text}, {parameter}) > 0)";

    public bool IsTransient(DbException fault) => fault switch
    {
        PostgresException known => known.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            || IsEndOfSession(known.SqlState),
        NpgsqlException unknown => unknown.InnerException is IOException or System.Net.Sockets.SocketException,
        _ => false,
    };

    // Classes 08 connection, 25006 a standby, 53 resources (a full disk, too many connections), 55P03 and 57014 timeouts, 57P shutdown, 58 system.
    public bool IsUnavailable(DbException fault) => fault switch
    {
        PostgresException known => known.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable
            || known.SqlState[..2] is "08" or "53" or "57" or "58",
        NpgsqlException => true,
        _ => false,
    };

    public bool IsUniqueViolation(DbException fault, string column) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation
        && violation.ConstraintName?.Contains(column, StringComparison.Ordinal) == true;

    private static bool IsEndOfSession(string state) => state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        or PostgresErrorCodes.CannotConnectNow;

    private static string Arrows(IEnumerable<string> path) => string.Concat(path.Select(name => $" -> {Quote(name)}"));

    private static string Quote(string name) => $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
