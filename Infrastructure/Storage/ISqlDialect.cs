using System.Data.Common;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>The little that differs between the SQL of the database engines. Everything else is written once.</summary>
public interface ISqlDialect
{
    /// <summary>What a select ends with that locks its rows of one table against other changes; nothing where there is one writer at a time.</summary>
    string Locking(string alias);

    /// <summary>The same, and references from other tables to these rows cannot be made meanwhile either.</summary>
    string LockingWhole(string alias);

    /// <summary>The same lock as references from other tables take: the rows stay, whatever else changes about them.</summary>
    string Keeping(string alias);

    /// <summary>What a select ends with that locks its rows and passes over those that somebody else has locked; nothing where there is one writer at a time.</summary>
    string LockingFree(string alias);

    /// <summary>A row source with one row for each text of a parameter that is a JSON array of texts; the text is <c>ALIAS.value</c>.</summary>
    string Texts(string parameter, string alias);

    /// <summary>The condition that a column has one of the texts of such a parameter, as a search of an index, however many there are.</summary>
    string IsAmong(string column, string parameter);

    /// <summary>The condition that a column has none of them, looked up one by one in what is made of them once.</summary>
    string IsNotAmong(string column, string parameter);

    /// <summary>The text of a top-level member of a column with a document's bytes, null where there is none.</summary>
    string DocumentText(string document, string name);

    /// <summary>The expression that turns a parameter with JSON text into what the column <c>search</c> holds.</summary>
    string Json(string parameter);

    /// <summary>The text at a path below a JSON expression, null where nothing stands there.</summary>
    string JsonText(string json, IReadOnlyList<string> path);

    /// <summary>A path below a JSON column as rows hold it that say where to look.</summary>
    string JsonPath(IReadOnlyList<string> path);

    /// <summary>A statement that waits until changes of a table that are under way have ended, and holds off others until its own unit of work ends.</summary>
    string WaitForWriters(string table);

    /// <summary>Whether anything stands at a path below a JSON expression.</summary>
    string JsonExists(string json, IReadOnlyList<string> path);

    /// <summary>A row source with one row for each element of the array at a path; <see cref="JsonElement"/> names the element.</summary>
    string JsonElements(string json, IReadOnlyList<string> path, string alias);

    /// <summary>The JSON of the element of such a row, to be looked into further.</summary>
    string JsonElement(string alias);

    /// <summary>The text of the element of such a row, for arrays of simple values.</summary>
    string JsonElementText(string alias);

    /// <summary>The text of the first element of the array at a path, or of one member of it; null where there is none.</summary>
    string JsonFirstText(string json, IReadOnlyList<string> path, string? member);

    /// <summary>Whether the text expression contains the parameter's text.</summary>
    string Contains(string text, string parameter);

    /// <summary>The bytes of a column of the row that a reader stands on, in memory that lives as long as <paramref name="buffer"/>.</summary>
    ReadOnlyMemory<byte> Bytes(DbDataReader row, int column, DocumentBuffer buffer) => row.GetFieldValue<byte[]>(column);

    /// <summary>
    /// The position after the last one of an organization's rows of a table; null where several write at once, and positions are given afterwards.
    /// </summary>
    /// <param name="texts">The alias of a row source of <see cref="Texts"/> whose rows get a position each, one after the other; null for one row.</param>
    string NextPosition(string table, string organization, string? texts = null);

    /// <summary>A select that waits until nobody else holds this lock of an organization (a parameter), and holds it until the unit of work ends; null where there is one writer at a time.</summary>
    string? OrderLock(string organization);

    /// <summary>A fault that may be gone when the whole transaction is tried again.</summary>
    bool IsTransient(DbException fault);

    /// <summary>A fault of the storage, not of the statement, that lasts longer than a request can wait; nothing was changed.</summary>
    bool IsUnavailable(DbException fault);

    /// <summary>Whether the statement broke a unique index whose columns include <paramref name="column"/>.</summary>
    bool IsUniqueViolation(DbException fault, string column);
}
