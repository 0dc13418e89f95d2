using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>What the identity provider calls the resources of events, by their ids.</summary>
internal static class ExternalIds
{
    /// <summary>Those that are known: the resources are there, and have one.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(StorageSession storage, string organizationId, IReadOnlyList<ChangeEvent> events)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var resources in events.GroupBy(told => told.ResourceType))
        {
            var key = new { organizationId, ids = JsonSerializer.Serialize(resources.Select(told => told.ResourceId).Distinct()) };
            var rows = resources.Key switch
            {
                "User" => await storage.Connection.QueryAsync<Named>(
                    $"select u.id, u.external_id from users u where u.organization_id = @organizationId and {storage.Dialect.IsAmong("u.id", "@ids")} and u.external_id is not null", key),
                "Group" => await storage.Connection.QueryAsync<Named>(
                    $"select g.id, g.external_id from groups g where g.organization_id = @organizationId and {storage.Dialect.IsAmong("g.id", "@ids")} and g.external_id is not null", key),
                _ => [],
            };
            foreach (var row in rows)
            {
                found[row.Id] = row.ExternalId;
            }
        }

        return found;
    }

    private sealed record Named
    {
        public required string Id { get; init; }

        public required string ExternalId { get; init; }
    }
}
