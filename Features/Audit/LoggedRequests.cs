using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Audit;

/// <summary>Joins records with the events of the same request, resource and version, which hold what a change did.</summary>
internal static class LoggedRequests
{
    /// <summary>Bytes of values in one answer; beyond them only the names of attributes are told.</summary>
    private const int MaxBytes = 2 * 1024 * 1024;

    public static async Task<IReadOnlyList<LoggedRequest>> OfAsync(StorageSession storage, CurrentOrganization organization, IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken)
    {
        var changed = records.Where(record => record is { ResourceId: not null, ResourceType: "User" or "Group" }).ToArray();
        if (changed.Length == 0)
        {
            return [.. records.Select(record => new LoggedRequest(record, []))];
        }

        var key = new
        {
            organizationId = organization.Id,
            resources = JsonSerializer.Serialize(changed.Select(record => record.ResourceId).Distinct()),
            requests = JsonSerializer.Serialize(changed.Select(record => record.RequestId).Distinct()),
        };
        var found = new List<(Place Place, LoggedChange Change)>();
        var bytes = 0;
        var ofResources = storage.Dialect.IsAmong("e.resource_id", "@resources");
        var ofRequests = storage.Dialect.IsAmong("e.request_id", "@requests");
        await foreach (var told in storage.Connection.QueryUnbufferedAsync<ToldChange>(
            $"""
            select e.resource_id, e.request_id, e.version, e.type, e.before_values, e.after_values
            from events e where e.organization_id = @organizationId and {ofResources} and {ofRequests} and e.member_id is null
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
            from events e where e.organization_id = @organizationId and {ofResources} and {ofRequests} and e.member_id is not null
            group by e.resource_id, e.request_id, e.version, e.type
            """,
            key);
        found.AddRange(members.Select(told => (told.Place, new LoggedChange(told.Type, [], null, null, told.Members, told.Members == 1 ? told.Member : null))));
        var byPlace = found.ToLookup(change => change.Place, change => change.Change);
        return [.. records.Select(record => new LoggedRequest(record, Of(record, byPlace)))];
    }

    private static IReadOnlyList<LoggedChange> Of(AuditRecord record, ILookup<Place, LoggedChange> changes) => record.ResourceId is { } id
        ? [.. changes[new Place(id, record.RequestId, record.Version ?? 0)].Where(change => Ends(change) == Ends(record)).OrderBy(change => change.Type, StringComparer.Ordinal)]
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
