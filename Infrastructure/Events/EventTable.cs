using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Events;

/// <summary>
/// The table <c>events</c>. Where there is one writer at a time, positions are given as events are written; elsewhere when their commits are seen
/// (see <see cref="EventOrder"/>).
/// </summary>
internal static class EventTable
{
    /// <summary>Members that one statement writes.</summary>
    private const int MembersOfOne = 5000;

    /// <summary>Writes what happened, in the unit of work that makes it happen.</summary>
    public static async Task AppendAsync(StorageSession storage, IReadOnlyList<Happening> happenings, Actor actor, string requestId, string at)
    {
        for (var index = 0; index < happenings.Count;)
        {
            var first = happenings[index];
            if (first.Member is null)
            {
                await AppendAsync(storage, first, actor, requestId, at);
                index++;
                continue;
            }

            // Who comes and goes with one change is written together: there may be very many.
            var members = new List<string>();
            for (; index < happenings.Count && members.Count < MembersOfOne && IsSame(happenings[index], first); index++)
            {
                members.Add(happenings[index].Member!);
            }

            await AppendMembersAsync(storage, first, members, actor, requestId, at);
        }
    }

    /// <summary>Takes the values out of all events of resources that are erased; that something happened stays.</summary>
    public static Task EraseAsync(StorageSession storage, string organizationId, IReadOnlyCollection<string> resourceIds) => storage.Connection.ExecuteAsync(
        $"""
        update events set before_values = null, after_values = null
        where organization_id = @organizationId and {storage.Dialect.IsAmong("resource_id", "@ids")}
        """,
        new { organizationId, ids = JsonSerializer.Serialize(resourceIds) });

    private static bool IsSame(Happening one, Happening other) =>
        one.Member is not null && one.OrganizationId == other.OrganizationId && one.Type == other.Type && one.ResourceId == other.ResourceId && one.Version == other.Version && one.MemberType == other.MemberType;

    private static Task AppendAsync(StorageSession storage, Happening happening, Actor actor, string requestId, string at) => storage.Connection.ExecuteAsync(
        $"""
        insert into events (
            organization_id, position, at, type, resource_type, resource_id, version, before_values, after_values, request_id, actor_kind, actor)
        values (
            @OrganizationId, {storage.Dialect.NextPosition("events", "@OrganizationId")}, @at, @Type, @ResourceType, @ResourceId, @Version, @Before, @After,
            @requestId, @kind, @actor)
        """,
        new
        {
            happening.OrganizationId,
            at,
            happening.Type,
            happening.ResourceType,
            happening.ResourceId,
            happening.Version,
            happening.Before,
            happening.After,
            requestId,
            kind = actor.Kind,
            actor = actor.Id,
        });

    private static Task AppendMembersAsync(StorageSession storage, Happening happening, IReadOnlyList<string> members, Actor actor, string requestId, string at) => storage.Connection.ExecuteAsync(
        $"""
        insert into events (
            organization_id, position, at, type, resource_type, resource_id, version, member_id, member_type, request_id, actor_kind, actor)
        select
            @OrganizationId, {storage.Dialect.NextPosition("events", "@OrganizationId", "i")}, @at, @Type, @ResourceType, @ResourceId, @Version, i.value, @MemberType,
            @requestId, @kind, @actor
        from {storage.Dialect.Texts("@ids", "i")} where true
        """,
        new
        {
            happening.OrganizationId,
            at,
            happening.Type,
            happening.ResourceType,
            happening.ResourceId,
            happening.Version,
            happening.MemberType,
            requestId,
            kind = actor.Kind,
            actor = actor.Id,
            ids = JsonSerializer.Serialize(members),
        });
}
