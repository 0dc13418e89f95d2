using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// Says in time which tokens and clients' secrets are about to expire: an identity provider whose token has expired stops without a word, and nobody is
/// deactivated any more. Each server says so for itself, once for each of <see cref="Days"/>; the metric tells how many there are.
/// </summary>
internal sealed class TokenExpiry : BackgroundService
{
    /// <summary>Days before the end at which a token is spoken of.</summary>
    public static readonly int[] Days = [60, 30, 7, 1];

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly IServiceScopeFactory scopes;
    private readonly TimeProvider clock;
    private readonly ILogger<TokenExpiry> log;
    private readonly HashSet<(string TokenId, int Days)> said = [];

    public TokenExpiry(IServiceScopeFactory scopes, TimeProvider clock, ILogger<TokenExpiry> log)
    {
        (this.scopes, this.clock, this.log) = (scopes, clock, log);
        ScimTelemetry.Meter.CreateObservableGauge("scim.tokens_expiring", () => Expiring, "{token}", "Live tokens that expire within so many days");
    }

    /// <summary>What the last look found, by days.</summary>
    internal IReadOnlyList<Measurement<long>> Expiring { get; private set; } = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await CheckAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    /// <summary>Looks at all tokens that have an end, and says what is new.</summary>
    internal async Task CheckAsync(CancellationToken stoppingToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            var tokens = new List<(ExpiringToken Token, int Left)>();
            foreach (var organization in await ReadAsync(storage => storage.Connection.QueryAsync<OrganizationRow>("select id, name, settings, created_at from organizations"), stoppingToken))
            {
                tokens.AddRange((await ReadAsync(storage => storage.Connection.QueryAsync<ExpiringToken>(
                    """
                    select t.id, t.name, t.expires_at, @organization as organization from tokens t
                    where t.organization_id = @organizationId and t.revoked_at is null and t.expires_at > @now and t.expires_at <= @end
                    union all
                    select s.id, c.name, s.expires_at, @organization as organization from client_secrets s
                    join clients c on c.organization_id = s.organization_id and c.id = s.client_id
                    where s.organization_id = @organizationId and s.revoked_at is null and c.revoked_at is null and s.expires_at > @now and s.expires_at <= @end
                    """,
                    new { organizationId = organization.Id, organization = organization.Name, now = DateTimeValue.Format(now), end = DateTimeValue.Format(now.AddDays(Days[0])) }), stoppingToken))
                    .Select(token => (token, DaysLeft(token, now))));
            }

            foreach (var (token, left) in tokens)
            {
                Say(token, left);
            }

            Expiring = [.. Days.Select(days => new Measurement<long>(tokens.Count(token => token.Left <= days), new KeyValuePair<string, object?>("scim.days", days)))];
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whatever it was, it must not end the server.
            log.LogWarning("Tokens that expire could not be looked for; that is tried again: {Reason}", fault.Message);
        }
    }

    private void Say(ExpiringToken token, int left)
    {
        var reached = Days.Where(days => left <= days).Min();
        if (said.Add((token.Id, reached)))
        {
            log.LogWarning(
                "The token or client secret {Token} ({TokenId}) of the organization {Organization} expires in {Days} days, at {ExpiresAt}. Issue another, let the identity provider have it, then revoke this one",
                token.Name,
                token.Id,
                token.Organization,
                left,
                token.ExpiresAt);
        }
    }

    /// <summary>Whole days, rounded up.</summary>
    private static int DaysLeft(ExpiringToken token, DateTimeOffset now) =>
        DateTimeValue.TryParse(token.ExpiresAt, out var end) ? (int)Math.Ceiling((end - now).TotalDays) : 0;

    private async Task<T> ReadAsync<T>(Func<StorageSession, Task<T>> read, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ReadAsync(async _ => await read(storage), stoppingToken);
    }

    private sealed record ExpiringToken
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string ExpiresAt { get; init; }

        public required string Organization { get; init; }
    }
}
