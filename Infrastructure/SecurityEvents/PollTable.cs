using Dapper;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>
/// The tables <c>webhooks</c> and <c>webhook_deliveries</c> where events are fetched: a delivery is an event that the receiver has not said it has. It is
/// given out, and again when that was not said for a while.
/// </summary>
internal static class PollTable
{
    /// <summary>Deliveries that may be given out: no event of the same resource is out.</summary>
    private const string Due =
        """
        webhook_deliveries d
        where d.organization_id = @OrganizationId and d.webhook_id = @Id and d.dead_at is null and d.next_at <= @now and d.resource_id not in (
            select b.resource_id from webhook_deliveries b where b.organization_id = @OrganizationId and b.webhook_id = @Id and b.dead_at is null and b.next_at > @now)
        """;

    /// <summary>The endpoint of that id; null where the organization has none from which events are fetched.</summary>
    public static Task<WebhookRow?> FindAsync(StorageSession storage, string organizationId, string id) => storage.Connection.QuerySingleOrDefaultAsync<WebhookRow>(
        $"select {WebhookRow.Columns} from webhooks w where w.organization_id = @organizationId and w.id = @id and w.delivery = 'poll'", new { organizationId, id });

    /// <summary>The same, held against others who fetch there until the unit of work ends.</summary>
    public static Task<WebhookRow?> FindHeldAsync(StorageSession storage, string organizationId, string id) => storage.Connection.QuerySingleOrDefaultAsync<WebhookRow>(
        $"select {WebhookRow.Columns} from webhooks w where w.organization_id = @organizationId and w.id = @id and w.delivery = 'poll'{storage.Dialect.Locking("w")}", new { organizationId, id });

    /// <summary>Whether there is something to give out.</summary>
    /// <param name="most">Events that may be out; where there are as many, no new ones are given out.</param>
    public static async Task<bool> HasDueAsync(StorageSession storage, WebhookRow webhook, string now, int most) => await storage.Connection.ExecuteScalarAsync<long>(
        $"""
        select count(*) from (
            select 1 from events e where e.organization_id = @OrganizationId and e.position > @Position and (
                select count(*) from webhook_deliveries o where o.organization_id = @OrganizationId and o.webhook_id = @Id and o.dead_at is null) < @most
            union all
            select 1 from {Due}
            limit 1) due
        """,
        new { webhook.OrganizationId, webhook.Id, webhook.Position, now, most }) > 0;

    /// <summary>Takes away what the receiver says it has.</summary>
    public static Task AcknowledgeAsync(StorageSession storage, WebhookRow webhook, IEnumerable<long> positions) => storage.Connection.ExecuteAsync(
        "delete from webhook_deliveries where organization_id = @OrganizationId and webhook_id = @Id and position = @position",
        positions.Select(position => new { webhook.OrganizationId, webhook.Id, position }));

    /// <summary>Gives up what the receiver says it cannot take.</summary>
    public static Task RefuseAsync(StorageSession storage, WebhookRow webhook, long position, string failure, string now) => storage.Connection.ExecuteAsync(
        "update webhook_deliveries set dead_at = @now, failure = @failure where organization_id = @OrganizationId and webhook_id = @Id and position = @position and dead_at is null",
        new { webhook.OrganizationId, webhook.Id, position, failure, now });

    /// <summary>How many events the receiver has not said it has.</summary>
    public static Task<long> OutstandingAsync(StorageSession storage, WebhookRow webhook) => storage.Connection.ExecuteScalarAsync<long>(
        "select count(*) from webhook_deliveries d where d.organization_id = @OrganizationId and d.webhook_id = @Id and d.dead_at is null", webhook);

    /// <summary>Notes events as such that are to be given out, and how far the endpoint is with that.</summary>
    public static async Task TakeAsync(StorageSession storage, WebhookRow webhook, IEnumerable<ChangeEvent> events, long position, string now)
    {
        await storage.Connection.ExecuteAsync(
            """
            insert into webhook_deliveries (organization_id, webhook_id, position, resource_id, attempts, first_at, next_at)
            values (@OrganizationId, @Id, @Position, @ResourceId, 0, @now, '') on conflict do nothing
            """,
            events.Select(told => new { webhook.OrganizationId, webhook.Id, told.Position, told.ResourceId, now }));
        await storage.Connection.ExecuteAsync(
            "update webhooks set position = @position where organization_id = @OrganizationId and id = @Id", new { webhook.OrganizationId, webhook.Id, position });
    }

    /// <summary>
    /// What is to be given out now, in the order of the events: not while an event of the same resource before it is out. One of which nothing but the position is left
    /// is kept no more.
    /// </summary>
    public static async Task<IReadOnlyList<(long Position, ChangeEvent? Told)>> DueAsync(StorageSession storage, WebhookRow webhook, string now, int count, int maxLength)
    {
        var (due, length) = (new List<(long, ChangeEvent?)>(), 0);
        await foreach (var position in storage.Connection.QueryUnbufferedAsync<long>(
            $"select d.position from {Due} order by d.position limit @count",
            new { webhook.OrganizationId, webhook.Id, now, count }))
        {
            due.Add((position, null));
        }

        for (var index = 0; index < due.Count; index++)
        {
            var told = await WebhookTable.EventAsync(storage, webhook.OrganizationId, due[index].Item1);
            due[index] = (due[index].Item1, told is not null && EventValues.AreTold(told) ? told : null);
            length += (told?.BeforeValues?.Length ?? 0) + (told?.AfterValues?.Length ?? 0);
            if (length > maxLength)
            {
                return due[..(index + 1)];
            }
        }

        return due;
    }

    /// <summary>Notes that events are given out, and until when they are not again.</summary>
    public static Task GiveOutAsync(StorageSession storage, WebhookRow webhook, IEnumerable<long> positions, string until) => storage.Connection.ExecuteAsync(
        "update webhook_deliveries set attempts = attempts + 1, next_at = @until where organization_id = @OrganizationId and webhook_id = @Id and position = @position",
        positions.Select(position => new { webhook.OrganizationId, webhook.Id, position, until }));
}
