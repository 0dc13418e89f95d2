using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;

namespace ScimSlice.Tests.Samples;

/// <summary>The file in which <c>samples/follow.py</c> keeps what it knows.</summary>
internal sealed class FollowedPicture(string file)
{
    /// <summary>The position that it has come to; null before it has a snapshot.</summary>
    public long? Position => File.Exists(file) ? Ask(db => HasTables(db) ? db.QuerySingleOrDefault<long?>("select position from place") : null) : null;

    /// <summary>A line for each resource and each membership, as <c>Picture.Lines</c> has them.</summary>
    public string[] Lines() => Ask(db =>
    {
        var resources = db.Query<(string Id, long Version, string Attributes)>("select id, version, attributes from resources").OrderBy(known => known.Id, StringComparer.Ordinal)
            .Select(known => $"{known.Id} {known.Version} {Sorted(JsonNode.Parse(known.Attributes)!.AsObject())}");
        var members = db.Query<(string Group, string Type, string Id)>("select group_id, type, id from members").Select(known => $"{known.Group} {known.Type} {known.Id}").Order(StringComparer.Ordinal);
        var roles = db.Query<(string Id, string Role)>("select id, role from resources where role is not null").OrderBy(known => known.Id, StringComparer.Ordinal)
            .Select(known => $"{known.Id} may do what a {known.Role} may");
        return (string[])[.. resources, .. members, .. roles];
    });

    /// <summary>Puts another position in, as a file of another database has.</summary>
    public void Misplace(long position) => Ask(db => db.Execute("update place set position = @position", new { position }));

    private static bool HasTables(SqliteConnection db) => db.ExecuteScalar<long>("select count(*) from sqlite_master where name = 'place'") > 0;

    private static string Sorted(JsonObject attributes) => new JsonObject(attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))).ToJsonString();

    private T Ask<T>(Func<SqliteConnection, T> ask)
    {
        using var db = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=30");
        db.Open();
        return ask(db);
    }
}
