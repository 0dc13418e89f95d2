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
    /// <summary>Events that one statement writes.</summary>
    private const int MaxTogether = 5000;

    /// <summary>Writes what happened, in the unit of work that makes it happen.</summary>
    public static async Task AppendAsync(StorageSession storage, IReadOnlyList<Happening> happenings, Actor actor, string requestId, string? method, string at)
    {
        for (var index = 0; index < happenings.Count;)
        {
            // Who comes and goes with one change, or whose role it changes, is written together: there may be very many.
            var first = happenings[index];
            var same = happenings.Skip(index).Take(MaxTogether).TakeWhile(happening => IsSame(happening, first)).ToArray();
            index += same.Length;
            await (first.Member is not null ? AppendMembersAsync(storage, first, [.. same.Select(happening => happening.Member!)], actor, requestId, method, at)
                : same.Length == 1 ? AppendAsync(storage, first, actor, requestId, method, at)
                : AppendResourcesAsync(storage, first, [.. same.Select(happening => happening.ResourceId)], actor, requestId, method, at));
        }
    }

    /// <summary>Takes the values out of all events of resources that are erased; that something happened stays.</summary>
    public static Task EraseAsync(StorageSession storage, string organizationId, IReadOnlyCollection<string> resourceIds) => storage.Connection.ExecuteAsync(
        $"""
        update events set before_values = null, after_values = null
        where organization_id = @organizationId and {storage.Dialect.IsAmong("resource_id", "@ids")}
        """,
        new { organizationId, ids = JsonSerializer.Serialize(resourceIds) });

    /// <summary>Whether they differ in the member only, or, where they are of none, in the resource only.</summary>
    private static bool IsSame(Happening one, Happening other) => other.Member is null ? one == other with { ResourceId = one.ResourceId } : one.Member is not null && one == other with { Member = one.Member };

    private static Task AppendAsync(StorageSession storage, Happening happening, Actor actor, string requestId, string? method, string at) => storage.Connection.ExecuteAsync(
        $"""
        insert into events (
            organization_id, position, at, type, resource_type, resource_id, version, before_values, after_values, request_id, actor_kind, actor, method, cause_type, cause_id, cause_version)
        values (
            @OrganizationId, {storage.Dialect.NextPosition("events", "@OrganizationId")}, @at, @Type, @ResourceType, @ResourceId, @Version, @Before, @After,
            @requestId, @kind, @actor, @method, @causeType, @causeId, @causeVersion)
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
            requestId = happening.RequestId ?? requestId,
            kind = actor.Kind,
            actor = actor.Id,
            method,
            causeType = happening.Cause?.Type,
            causeId = happening.Cause?.Id,
            causeVersion = happening.Cause?.Version,
        });

    private static Task AppendMembersAsync(StorageSession storage, Happening happening, IReadOnlyList<string> members, Actor actor, string requestId, string? method, string at) => storage.Connection.ExecuteAsync(
        $"""
        insert into events (
            organization_id, position, at, type, resource_type, resource_id, version, member_id, member_type, request_id, actor_kind, actor, method)
        select
            @OrganizationId, {storage.Dialect.NextPosition("events", "@OrganizationId", "i")}, @at, @Type, @ResourceType, @ResourceId, @Version, i.value, @MemberType,
            @requestId, @kind, @actor, @method
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
            method,
            ids = JsonSerializer.Serialize(members),
        });

    private static Task AppendResourcesAsync(StorageSession storage, Happening happening, IReadOnlyList<string> resources, Actor actor, string requestId, string? method, string at) => storage.Connection.ExecuteAsync(
        $"""
        insert into events (
            organization_id, position, at, type, resource_type, resource_id, version, before_values, after_values, request_id, actor_kind, actor, method, cause_type, cause_id, cause_version)
        select
            @OrganizationId, {storage.Dialect.NextPosition("events", "@OrganizationId", "i")}, @at, @Type, @ResourceType, i.value, @Version, @Before, @After,
            @requestId, @kind, @actor, @method, @causeType, @causeId, @causeVersion
        from {storage.Dialect.Texts("@ids", "i")} where true
        """,
        new
        {
            happening.OrganizationId,
            at,
            happening.Type,
            happening.ResourceType,
            happening.Version,
            happening.Before,
            happening.After,
            requestId,
            kind = actor.Kind,
            actor = actor.Id,
            method,
            causeType = happening.Cause?.Type,
            causeId = happening.Cause?.Id,
            causeVersion = happening.Cause?.Version,
            ids = JsonSerializer.Serialize(resources),
        });
}
