using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Audit;

/// <summary>Joins records with the events of the same request, resource and version, and those that these brought about, which hold what a change did.</summary>
internal static class LoggedRequests
{
    /// <summary>Bytes of values in one answer; beyond them only the names of attributes are told.</summary>
    private const int MaxBytes = 2 * 1024 * 1024;

    public static async Task<IReadOnlyList<LoggedRequest>> OfAsync(StorageSession storage, CurrentOrganization organization, IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken)
    {
        var changed = records.Where(record => record is { Operation: not null, ResourceId: not null, ResourceType: "User" or "Group" or "RoleMapping" or "Organization" }).ToArray();
        if (changed.Length == 0)
        {
            return [.. records.Select(record => new LoggedRequest(record, []))];
        }

        // Groups have as many events as members came and went: of each, only those of the versions in question are looked at.
        var (found, bytes) = (new List<(Place Place, LoggedChange Change)>(), 0);
        foreach (var of in changed.GroupBy(record => (record.ResourceType, record.ResourceType == "User" ? null : record.ResourceId)))
        {
            bytes = await AddAsync(found, bytes, storage, organization, [.. of], cancellationToken);
        }

        var byPlace = found.ToLookup(change => change.Place, change => change.Change);
        return [.. records.Select(record => new LoggedRequest(record, Of(record, byPlace)))];
    }

    /// <summary>Adds what was done to some resources, and returns the bytes of all values so far.</summary>
    private static async Task<int> AddAsync(
        List<(Place Place, LoggedChange Change)> found, int bytes, StorageSession storage, CurrentOrganization organization, AuditRecord[] changed, CancellationToken cancellationToken)
    {
        var key = new
        {
            organizationId = organization.Id,
            resources = JsonSerializer.Serialize(changed.Select(record => record.ResourceId).Distinct()),
            requests = JsonSerializer.Serialize(changed.Select(record => record.RequestId).Distinct()),
            least = changed.Min(record => record.Version ?? 0),
            most = changed.Max(record => record.Version ?? 0),
        };
        var ofResources = storage.Dialect.IsAmong("e.resource_id", "@resources");
        var ofRequests = storage.Dialect.IsAmong("e.request_id", "@requests");
        await foreach (var told in storage.Connection.QueryUnbufferedAsync<ToldChange>(
            $"""
            select e.resource_id, e.request_id, e.version, e.type, e.before_values, e.after_values
            from events e where e.organization_id = @organizationId and {ofResources} and e.version between @least and @most and {ofRequests} and e.member_id is null and e.cause_id is null
            """,
            key).WithCancellation(cancellationToken))
        {
            var type = told.Type.StartsWith("group.", StringComparison.Ordinal) ? organization.Schemas.Group : organization.Schemas.User;
            var (before, after) = (ShownValues.Of(told.BeforeValues, type, organization.Settings), ShownValues.Of(told.AfterValues, type, organization.Settings));
            var names = ShownValues.Names(before, after);
            bytes += (told.BeforeValues?.Length ?? 0) + (told.AfterValues?.Length ?? 0);
            found.Add((told.Place, bytes > MaxBytes ? new LoggedChange(told.Type, names, null, null) : new LoggedChange(told.Type, names, before, after)));
        }

        var members = await storage.Connection.QueryAsync<ToldChange>(
            $"""
            select e.resource_id, e.request_id, e.version, e.type, count(*) as members, min(e.member_id) as member
            from events e where e.organization_id = @organizationId and {ofResources} and e.version between @least and @most and {ofRequests} and e.member_id is not null
            group by e.resource_id, e.request_id, e.version, e.type
            """,
            key);
        found.AddRange(members.Select(told => (told.Place, new LoggedChange(told.Type, [], null, null, told.Members, told.Members == 1 ? told.Member : null))));
        if (changed.All(record => record.ResourceType == "User"))
        {
            return bytes;
        }

        var brought = await storage.Connection.QueryAsync<ToldChange>(
            $"""
            select e.cause_id as resource_id, e.request_id, e.cause_version as version, e.type, e.before_values, e.after_values, count(*) as members, min(e.resource_id) as member
            from events e where e.organization_id = @organizationId and {storage.Dialect.IsAmong("e.cause_id", "@resources")} and e.cause_version between @least and @most + 1 and {ofRequests}
            group by e.cause_id, e.request_id, e.cause_version, e.type, e.before_values, e.after_values
            order by e.before_values, e.after_values
            """,
            key);
        foreach (var told in brought)
        {
            var (before, after) = (ShownValues.Of(told.BeforeValues, organization.Schemas.User, organization.Settings), ShownValues.Of(told.AfterValues, organization.Schemas.User, organization.Settings));
            found.Add((told.Place, new LoggedChange(told.Type, ShownValues.Names(before, after), before, after) { Users = told.Members, User = told.Members == 1 ? told.Member : null }));
        }

        return bytes;
    }

    private static IReadOnlyList<LoggedChange> Of(AuditRecord record, ILookup<Place, LoggedChange> changes) => record is { ResourceId: { } id, Operation: not null }
        ? [.. changes[new Place(id, record.RequestId, record.Version ?? 0)].Where(change => change.Users == 0 && Ends(change) == Ends(record)).OrderBy(change => change.Type, StringComparer.Ordinal)
            .Concat(changes[new Place(id, record.RequestId, (record.Version ?? 0) + (Ends(record) ? 1 : 0))].Where(change => change.Users > 0))]
        : [];

    /// <summary>A deletion leaves the last version, which another operation of the same Bulk request may have made.</summary>
    private static bool Ends(LoggedChange change) => change.Type is EventTypes.UserDeleted or EventTypes.GroupDeleted;

    private static bool Ends(AuditRecord record) => record.Operation is "DeactivateUser" or "DeleteGroup";

    private readonly record struct Place(string ResourceId, string RequestId, long Version);

    /// <summary>An event as far as the log tells of it, or several of members.</summary>
    private sealed record ToldChange
    {
        public required string ResourceId { get; init; }

        public required string RequestId { get; init; }

        public required long Version { get; init; }

        public required string Type { get; init; }

        public string? BeforeValues { get; init; }

        public string? AfterValues { get; init; }

        public long Members { get; init; }

        public string? Member { get; init; }

        public Place Place => new(ResourceId, RequestId, Version);
    }
}
