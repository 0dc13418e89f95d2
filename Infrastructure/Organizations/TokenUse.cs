using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// Notes when tokens were last used, beside the requests: exact to a minute, a first use within two seconds. No request waits
/// for it.
/// </summary>
public sealed class TokenUse(IDatabase database, TimeProvider clock, ILogger<TokenUse> log) : BackgroundService
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Exactness = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string OrganizationId, string TokenId), DateTimeOffset> pending = new();
    private readonly ConcurrentDictionary<(string OrganizationId, string TokenId), DateTimeOffset> noted = new();

    /// <summary>Notes the use of a token. That of an OAuth client is noted where it is given an access token.</summary>
    public void Note(TokenGrant grant)
    {
        if (!grant.Actor.IsToken)
        {
            return;
        }

        var key = (grant.OrganizationId, grant.TokenId);
        var now = clock.GetUtcNow();
        if (!noted.TryGetValue(key, out var last) || now - last >= Exactness)
        {
            pending[key] = now;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushInterval, clock);
        while (await NextAsync(timer, stoppingToken))
        {
            await FlushAsync();
        }

        await FlushAsync();
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task FlushAsync()
    {
        var uses = pending.ToArray();
        if (uses.Length == 0)
        {
            return;
        }

        try
        {
            await database.WriteAsync(
                async connection => await connection.ExecuteAsync(
                    "update tokens set last_used_at = @UsedAt where organization_id = @OrganizationId and id = @TokenId",
                    uses.Select(use => new { use.Key.OrganizationId, use.Key.TokenId, UsedAt = DateTimeValue.Format(use.Value) })),
                CancellationToken.None);
            foreach (var (key, usedAt) in uses)
            {
                noted[key] = usedAt;
                pending.TryRemove(new(key, usedAt));
            }
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whatever it was, it must not end the server. Tried again at the next tick; a late note harms nobody.
            log.LogWarning("The last use of {Count} tokens could not be noted: {Reason}", uses.Length, fault.Message);
        }
    }
}
