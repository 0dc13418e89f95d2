using System.Data.Common;
using Dapper;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>The tables <c>webhooks</c>, <c>webhook_secrets</c> and <c>webhook_deliveries</c>.</summary>
internal static class WebhookTable
{
    /// <summary>The webhook of that id. Throws 404 where the organization has none.</summary>
    public static async Task<WebhookRow> FindAsync(StorageSession storage, OrganizationRow organization, string id) =>
        await storage.Connection.QuerySingleOrDefaultAsync<WebhookRow>(
            $"select {WebhookRow.Columns} from webhooks w where w.organization_id = @organizationId and w.id = @id", new { organizationId = organization.Id, id })
        ?? throw ScimException.NotFound($"'{organization.Name}' has no webhook '{Excerpt.Of(id)}'; 'webhook list {organization.Name}' shows those it has.");

    /// <summary>Gives a webhook a secret.</summary>
    public static Task InsertSecretAsync(StorageSession storage, WebhookRow webhook, string id, byte[] secret, string createdAt) => storage.Connection.ExecuteAsync(
        "insert into webhook_secrets (organization_id, webhook_id, id, secret, created_at) values (@OrganizationId, @webhookId, @id, @secret, @createdAt)",
        new { webhook.OrganizationId, webhookId = webhook.Id, id, secret, createdAt });

    /// <summary>The ids of the organizations that have webhooks to serve.</summary>
    public static async Task<IReadOnlyList<string>> OrganizationsAsync(StorageSession storage) => (await storage.Connection.QueryAsync<string>(
        "select o.id from organizations o where exists (select 1 from webhooks w where w.organization_id = o.id and w.disabled_at is null) order by o.id")).AsList();

    /// <summary>The ids of an organization's webhooks that have something to send now and that nobody works on.</summary>
    /// <param name="far">A lease that lasts longer than this was made by a clock that goes wrong.</param>
    public static async Task<IReadOnlyList<string>> DueAsync(StorageSession storage, string organizationId, string now, string far) => (await storage.Connection.QueryAsync<string>(
        """
        select w.id from webhooks w
        where w.organization_id = @organizationId and w.disabled_at is null and w.delivery <> 'poll' and (w.leased_until <= @now or w.leased_until > @far) and w.next_at <= @now and (
            exists (select 1 from events e where e.organization_id = @organizationId and e.position > w.position)
            or exists (
                select 1 from webhook_deliveries d
                where d.organization_id = @organizationId and d.webhook_id = w.id and d.dead_at is null and d.next_at <= @now and not exists (
                    select 1 from webhook_deliveries b
                    where b.organization_id = @organizationId and b.webhook_id = w.id and b.dead_at is null and b.resource_id = d.resource_id and b.position < d.position)))
        """,
        new { organizationId, now, far })).AsList();

    /// <summary>Takes a webhook to work on until a time; null where somebody else has it, or it is not to be served.</summary>
    public static async Task<WebhookRow?> LeaseAsync(StorageSession storage, string organizationId, string id, string now, string far, string until)
    {
        var key = new { organizationId, id, now, far, until };
        var free = await storage.Connection.ExecuteScalarAsync<string?>(
            $"""
            select w.id from webhooks w
            where w.organization_id = @organizationId and w.id = @id and w.disabled_at is null and w.delivery <> 'poll' and (w.leased_until <= @now or w.leased_until > @far) and w.next_at <= @now{storage.Dialect.LockingFree("w")}
            """,
            key);
        if (free is null)
        {
            return null;
        }

        await storage.Connection.ExecuteAsync("update webhooks set leased_until = @until where organization_id = @organizationId and id = @id", key);
        return await storage.Connection.QuerySingleOrDefaultAsync<WebhookRow>($"select {WebhookRow.Columns} from webhooks w where w.organization_id = @organizationId and w.id = @id", key);
    }

    /// <summary>Lets a webhook go that is held until that time.</summary>
    public static async Task<int> ReleaseAsync(DbConnection connection, WebhookRow webhook, string held) => await connection.ExecuteAsync(
        "update webhooks set leased_until = '' where organization_id = @OrganizationId and id = @Id and leased_until = @held", new { webhook.OrganizationId, webhook.Id, held });

    /// <summary>Holds a webhook for longer. False where it was taken away, disabled or removed.</summary>
    public static async Task<bool> HoldAsync(DbConnection connection, WebhookRow webhook, string until, string held) => await connection.ExecuteAsync(
        "update webhooks set leased_until = @until where organization_id = @OrganizationId and id = @Id and leased_until = @held and disabled_at is null",
        new { webhook.OrganizationId, webhook.Id, until, held }) == 1;

    /// <summary>The secrets that sign now.</summary>
    public static async Task<IReadOnlyList<byte[]>> SecretsAsync(StorageSession storage, WebhookRow webhook, string now) => (await storage.Connection.QueryAsync<byte[]>(
        """
        select s.secret from webhook_secrets s
        where s.organization_id = @OrganizationId and s.webhook_id = @Id and (s.expires_at is null or s.expires_at > @now) order by s.id desc
        """,
        new { webhook.OrganizationId, webhook.Id, now })).AsList();

    /// <summary>Deliveries whose time has come, each the first of its resource.</summary>
    public static async Task<IReadOnlyList<DeliveryRow>> RetriesAsync(StorageSession storage, WebhookRow webhook, string now, int count) => (await storage.Connection.QueryAsync<DeliveryRow>(
        $"""
        select {DeliveryRow.Columns} from webhook_deliveries d
        where d.organization_id = @OrganizationId and d.webhook_id = @Id and d.dead_at is null and d.next_at <= @now and not exists (
            select 1 from webhook_deliveries b
            where b.organization_id = @OrganizationId and b.webhook_id = @Id and b.dead_at is null and b.resource_id = d.resource_id and b.position < d.position)
        order by d.position limit @count
        """,
        new { webhook.OrganizationId, webhook.Id, now, count })).AsList();

    /// <summary>The resources of which something waits to be sent again.</summary>
    public static async Task<HashSet<string>> WaitingAsync(StorageSession storage, WebhookRow webhook) => (await storage.Connection.QueryAsync<string>(
        "select distinct d.resource_id from webhook_deliveries d where d.organization_id = @OrganizationId and d.webhook_id = @Id and d.dead_at is null",
        new { webhook.OrganizationId, webhook.Id })).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether as many deliveries are to be tried again as there may be.</summary>
    public static async Task<bool> IsFullAsync(StorageSession storage, WebhookRow webhook, int most) => await storage.Connection.ExecuteScalarAsync<long>(
        """
        select count(*) from (
            select 1 from webhook_deliveries d where d.organization_id = @OrganizationId and d.webhook_id = @Id and d.dead_at is null limit @most) some_deliveries
        """,
        new { webhook.OrganizationId, webhook.Id, most }) >= most;

    /// <summary>The next events, until their values reach so many characters.</summary>
    public static async Task<IReadOnlyList<ChangeEvent>> EventsAsync(StorageSession storage, WebhookRow webhook, int count, int maxLength)
    {
        var (events, length) = (new List<ChangeEvent>(), 0);
        await foreach (var told in storage.Connection.QueryUnbufferedAsync<ChangeEvent>(
            $"select {ChangeEvent.Columns} from events e where e.organization_id = @OrganizationId and e.position > @Position order by e.position limit @count",
            new { webhook.OrganizationId, webhook.Position, count }))
        {
            events.Add(told);
            length += (told.BeforeValues?.Length ?? 0) + (told.AfterValues?.Length ?? 0);
            if (length > maxLength)
            {
                break;
            }
        }

        return events;
    }

    /// <summary>One event; null where it is not kept any more.</summary>
    public static Task<ChangeEvent?> EventAsync(StorageSession storage, string organizationId, long position) => storage.Connection.QuerySingleOrDefaultAsync<ChangeEvent>(
        $"select {ChangeEvent.Columns} from events e where e.organization_id = @organizationId and e.position = @position", new { organizationId, position });

    /// <summary>Writes a delivery, as it is from now on.</summary>
    public static Task PutAsync(DbConnection connection, string organizationId, DeliveryRow row) => connection.ExecuteAsync(
        """
        insert into webhook_deliveries (organization_id, webhook_id, position, resource_id, attempts, first_at, next_at, status, failure, dead_at)
        values (@organizationId, @WebhookId, @Position, @ResourceId, @Attempts, @FirstAt, @NextAt, @Status, @Failure, @DeadAt)
        on conflict (organization_id, webhook_id, position) do update set
            attempts = excluded.attempts, first_at = excluded.first_at, next_at = excluded.next_at, status = excluded.status, failure = excluded.failure, dead_at = excluded.dead_at
        """,
        new { organizationId, row.WebhookId, row.Position, row.ResourceId, row.Attempts, row.FirstAt, row.NextAt, row.Status, row.Failure, row.DeadAt });

    public static Task RemoveAsync(DbConnection connection, string organizationId, DeliveryRow row) => connection.ExecuteAsync(
        "delete from webhook_deliveries where organization_id = @organizationId and webhook_id = @WebhookId and position = @Position", new { organizationId, row.WebhookId, row.Position });

    /// <summary>
    /// Notes how far a webhook is, and when it is tried again. Where somebody had it tried anew meanwhile, which the row says by fewer failures, it
    /// is tried at once. False, and nothing noted, where it is held no more.
    /// </summary>
    public static async Task<bool> ProgressAsync(DbConnection connection, WebhookRow webhook, string held, long position, long failures, string nextAt) => await connection.ExecuteAsync(
        """
        update webhooks set position = @position, failures = case when failures < @Failures then 0 else @failed end, next_at = case when failures < @Failures then '' else @nextAt end
        where organization_id = @OrganizationId and id = @Id and leased_until = @held and disabled_at is null
        """,
        new { webhook.OrganizationId, webhook.Id, webhook.Failures, held, position, failed = failures, nextAt }) == 1;

    public static Task DisableAsync(DbConnection connection, string organizationId, string id, string at, string why) => connection.ExecuteAsync(
        "update webhooks set disabled_at = @at, disabled_why = @why where organization_id = @organizationId and id = @id and disabled_at is null", new { organizationId, id, at, why });

    /// <summary>Notes that the application says that an event is in effect; false where it has said so before.</summary>
    public static async Task<bool> AcknowledgeAsync(DbConnection connection, string organizationId, long position, string at) => await connection.ExecuteAsync(
        "update events set acknowledged_at = @at where organization_id = @organizationId and position = @position and acknowledged_at is null", new { organizationId, position, at }) == 1;
}
