using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// Looks into the tables beside the service: nothing is half there, and nothing is there that nobody asked for. Each row's
/// document, columns and search shadow say the same, counts are exact, and rows and tombstones are those that the clients know.
/// </summary>
internal static class StoredUsers
{
    private const string Columns =
        "organization_id, id, version, created_at, last_modified_at, user_name_key, external_id, display_name_key, active, role_key, document";

    /// <summary>Compares all rows with what the clients of a load know. Their resources must be settled.</summary>
    public static void ShouldBeWhole(this IFaultStore store, params FaultLoad[] loads)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        using var connection = store.Open();
        store.EngineFaults(connection).Should().BeEmpty();

        var rows = Read(connection, "users", store.SearchText);
        var tombstones = Read(connection, "deleted_users", store.SearchText);
        rows.Values.Concat(tombstones.Values).Select(Inconsistency).Where(fault => fault is not null).Should().BeEmpty("document, columns and search shadow agree");
        rows.Keys.Intersect(tombstones.Keys).Should().BeEmpty("a user is there or deleted");
        connection.Query<string>("""
            select c.organization_id from resource_counts c where c.resource_type = 'User' group by c.organization_id
            having sum(c.total) <> (select count(*) from users u where u.organization_id = c.organization_id)
            """).Should().BeEmpty("the counts are exact");

        const string columns = "organization_id, attribute, value_key, id, type_key";
        connection.Query<string>($"select id from (select {columns} from user_lookups except select {columns} from user_values) stale").Should().BeEmpty("look-ups hold no more than the users have");
        connection.Query<string>($"select id from (select {columns} from user_values except select {columns} from user_lookups) missing").Should().BeEmpty("look-ups hold all that the users have");

        var all = loads.SelectMany(load => load.Resources).Where(resource => resource.Id is not null).ToArray();
        GroupsShouldBeWhole(connection, all);
        var known = all.Where(resource => resource.Collection == "/Users").ToDictionary(resource => resource.Id!);
        rows.Keys.Concat(tombstones.Keys).Except(known.Keys).Should().BeEmpty("nobody asked for others");
        known.Values.Select(resource => Difference(resource, rows, tombstones)).Where(difference => difference is not null).Should().BeEmpty();
    }

    /// <summary>Groups are those that the clients know, with the members that they know, each of whom is there.</summary>
    private static void GroupsShouldBeWhole(DbConnection connection, FaultResource[] all)
    {
        connection.Query<string>("""
            select c.organization_id from resource_counts c where c.resource_type = 'Group' group by c.organization_id
            having sum(c.total) <> (select count(*) from groups g where g.organization_id = c.organization_id)
            """).Should().BeEmpty("the counts are exact");
        connection.Query<string>("""
            select m.member_id from memberships m
            where not exists (select 1 from users u where u.organization_id = m.organization_id and u.id = m.member_id)
            or not exists (select 1 from groups g where g.organization_id = m.organization_id and g.id = m.group_id)
            """).Should().BeEmpty("both ends of a membership are there");

        var stored = connection.Query<(string Id, long Version)>("select id, version from groups").ToDictionary(row => row.Id, row => row.Version);
        var members = connection.Query<(string Group, string Member)>("select group_id, member_id from memberships").ToLookup(row => row.Group, row => row.Member);
        var known = all.Where(resource => resource.Collection == "/Groups" && resource.Acknowledged.Exists).ToArray();
        stored.Keys.Should().BeEquivalentTo(known.Select(group => group.Id));
        foreach (var group in known)
        {
            stored[group.Id!].Should().Be(group.Acknowledged.Version, $"so it is known of {group.Name}");
            members[group.Id!].Should().BeEquivalentTo((group.Acknowledged.Attributes!["members"]?.AsArray() ?? []).Select(member => member!["value"]!.GetValue<string>()));
        }
    }

    private static Dictionary<string, Row> Read(DbConnection connection, string table, string searchText) =>
        connection.Query<Row>($"select {Columns}, {searchText} as search from {table}", buffered: false).ToDictionary(row => row.Id);

    private static string? Inconsistency(Row row)
    {
        var document = StoredDocument.Read(SchemaRegistry.BuiltIn.User, row.Document);
        var values = UserValues.Of(row.OrganizationId, row.Id, document, row.Version, row.CreatedAt, row.LastModifiedAt);
        var agrees = values.Document.AsSpan().SequenceEqual(row.Document)
            && values.UserNameKey == row.UserNameKey && values.ExternalId == row.ExternalId && values.DisplayNameKey == row.DisplayNameKey
            && values.Active == row.Active && values.RoleKey == row.RoleKey
            && JsonNode.DeepEquals(JsonNode.Parse(values.Search), JsonNode.Parse(row.Search));
        return agrees ? null : row.Id;
    }

    private static string? Difference(FaultResource resource, Dictionary<string, Row> rows, Dictionary<string, Row> tombstones)
    {
        var state = resource.Acknowledged;
        var expected = state.Exists ? rows : tombstones;
        if (!expected.TryGetValue(resource.Id!, out var row))
        {
            return $"{resource.Name} ({resource.Id}), {state}, is not there";
        }

        var stored = ResourceState.Of(JsonNode.Parse(row.Document)!);
        return row.Version == state.Version && stored.Version == state.Version && (!state.Exists || stored.Reads(state))
            ? null
            : $"{resource.Name} ({resource.Id}) is stored as {stored} in version {row.Version}, known is {state}";
    }

    private sealed record Row
    {
        public required string OrganizationId { get; init; }

        public required string Id { get; init; }

        public required long Version { get; init; }

        public required string CreatedAt { get; init; }

        public required string LastModifiedAt { get; init; }

        public required string UserNameKey { get; init; }

        public string? ExternalId { get; init; }

        public string? DisplayNameKey { get; init; }

        public required long Active { get; init; }

        public string? RoleKey { get; init; }

        public required byte[] Document { get; init; }

        public required string Search { get; init; }
    }
}
