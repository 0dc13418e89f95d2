using System.Net;
using System.Threading.RateLimiting;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Limits on this node: requests of an organization over time and at once, and refused credentials of an address. Each
/// organization has buckets of its own, so none can starve another.
/// </summary>
public sealed class RequestLimiter : IDisposable
{
    /// <summary>Answers of the application API that are made and sent at once for one organization: each may take some megabytes. Others wait.</summary>
    private const int PagesAtOnce = 4;
    private const int PagesWaiting = 100;

    /// <summary>Events of users whose role a change of a group or a mapping changes, which count as one request.</summary>
    private const int EventsOfRequest = 100;

    private readonly PartitionedRateLimiter<string>? rate;
    private readonly int bucket;
    private readonly PartitionedRateLimiter<string>? concurrency;
    private readonly PartitionedRateLimiter<string>? failures;
    private readonly PartitionedRateLimiter<string> streams;
    private readonly PartitionedRateLimiter<string> pages = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetConcurrencyLimiter(
        key, _ => new ConcurrencyLimiterOptions { PermitLimit = PagesAtOnce, QueueLimit = PagesWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));


    public RequestLimiter(ScimSliceOptions options)
    {
        var limits = options.Limits;
        if (limits.RequestsPerSecond > 0)
        {
            // Refilled ten times a second where that divides, so that a client at its limit gets an even flow.
            var even = limits.RequestsPerSecond % 10 == 0;
            var period = even ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(1);
            var perPeriod = even ? limits.RequestsPerSecond / 10 : limits.RequestsPerSecond;
            bucket = Math.Max(limits.Burst, perPeriod);
            rate = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = bucket,
                TokensPerPeriod = perPeriod,
                ReplenishmentPeriod = period,
                AutoReplenishment = true,
                QueueLimit = 0,
            }));
        }

        if (limits.ConcurrentRequests > 0)
        {
            concurrency = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetConcurrencyLimiter(
                key, _ => new ConcurrencyLimiterOptions { PermitLimit = limits.ConcurrentRequests, QueueLimit = 0 }));
        }

        streams = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetConcurrencyLimiter(
            key, _ => new ConcurrencyLimiterOptions { PermitLimit = limits.EventStreams, QueueLimit = 0 }));
        if (limits.FailedAttemptsPerMinute > 0)
        {
            failures = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = limits.FailedAttemptsPerMinute,
                Window = TimeSpan.FromMinutes(1),
                AutoReplenishment = true,
                QueueLimit = 0,
            }));
        }
    }

    /// <summary>Counts a request of the organization. Throws 429 with Retry-After where it makes too many.</summary>
    public void CheckRate(string organizationId) => Charge(organizationId, 1);

    /// <summary>
    /// Counts what a request does beyond its first operation, a request each. What is more than the bucket holds counts as a full one:
    /// it could never be done otherwise.
    /// </summary>
    public void CheckRate(string organizationId, int operations)
    {
        var more = Math.Min(operations, bucket) - 1;
        if (more > 0)
        {
            Charge(organizationId, more);
        }
    }

    /// <summary>Counts what a request has written of many users beyond its own change: each hundred as a request of the organization, as far as it has some left.</summary>
    public void Drain(string organizationId, int events)
    {
        for (var requests = Math.Min(events / EventsOfRequest, bucket); requests > 0; requests /= 2)
        {
            using var lease = rate?.AttemptAcquire(organizationId, requests);
            if (lease is null or { IsAcquired: true })
            {
                return;
            }
        }
    }

    private void Charge(string organizationId, int requests)
    {
        using var lease = rate?.AttemptAcquire(organizationId, requests);
        if (lease is { IsAcquired: false })
        {
            throw ScimException.TooManyRequests("This organization sends more requests than it may; wait and repeat.", Seconds(lease));
        }
    }

    /// <summary>Takes a place among the organization's requests that are worked on; disposing gives it back. Throws 429 where none is free.</summary>
    public IDisposable? TakePlace(string organizationId)
    {
        var lease = concurrency?.AttemptAcquire(organizationId);
        return lease is { IsAcquired: false }
            ? throw ScimException.TooManyRequests("Too many requests of this organization are being worked on; wait and repeat.", 1)
            : lease;
    }

    /// <summary>Takes a place among the organization's readers that wait for events; disposing gives it back. Throws 429 where none is free.</summary>
    public IDisposable TakeStream(string organizationId)
    {
        var lease = streams.AttemptAcquire(organizationId);
        return lease.IsAcquired ? lease : throw ScimException.TooManyRequests("Too many readers of this organization wait for events; end one, or ask without wait.", 1);
    }

    /// <summary>Waits for a place among the organization's answers of the application API; disposing gives it back. Throws 429 where too many wait.</summary>
    public async ValueTask<IDisposable> TakePageAsync(string organizationId, CancellationToken cancellationToken)
    {
        var lease = await pages.AcquireAsync(organizationId, 1, cancellationToken);
        return lease.IsAcquired ? lease : throw ScimException.TooManyRequests("Too many requests of this organization's application are being answered; wait and repeat.", 1);
    }

    /// <summary>
    /// Counts a refused credential of the address. Throws 429 where it has sent too many in this minute. Valid tokens are never
    /// counted, so a customer behind the same address is not locked out. Of an IPv6 address the network counts, since whoever has one has all of it.
    /// </summary>
    public void CountFailedAttempt(IPAddress? address)
    {
        using var lease = failures?.AttemptAcquire(ClientNetwork.Of(address, ClientNetwork.Assigned));
        if (lease is { IsAcquired: false })
        {
            throw ScimException.TooManyRequests("Too many requests with invalid credentials came from this address; wait and repeat.", Seconds(lease));
        }
    }

    public void Dispose()
    {
        rate?.Dispose();
        concurrency?.Dispose();
        failures?.Dispose();
        streams.Dispose();
        pages.Dispose();
    }

    /// <summary>Whole seconds, as Okta reads them.</summary>
    private static int Seconds(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, int.CreateSaturating(Math.Ceiling(wait.TotalSeconds))) : 1;
}
