using System.Data.Common;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Resilience;

/// <summary>
/// Tries work on the storage again as a whole after a transient fault, with growing jittered pauses. Where the fault lasts, it is
/// 503: nothing was changed, and the client may repeat. A commit that was not confirmed is never tried again here.
/// </summary>
public sealed class StorageRetry(IDatabase database, TimeProvider clock, ILogger<StorageRetry> log)
{
    /// <summary>Tries after the first. Each waits for the lock by itself, so about ten seconds pass before the client is told to wait.</summary>
    private const int MaxRetries = 5;

    /// <summary>What the client is told to wait, in seconds.</summary>
    private const int RetryAfter = 2;

    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipeline pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<DbException>(database.Dialect.IsTransient),
            MaxRetryAttempts = MaxRetries - 1,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(20),
            UseJitter = true,
        })
        .Build();

    private long loggedAt;

    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                return await work(cancellationToken);
            }
            catch (DbException fault) when (database.Dialect.IsTransient(fault))
            {
                // The first try goes without the pipeline, which would cost each request more than its look-up by key.
                return await pipeline.ExecuteAsync(static (state, token) => state(token), work, cancellationToken);
            }
        }
        catch (DbException fault) when (database.Dialect.IsTransient(fault) || database.Dialect.IsUnavailable(fault))
        {
            database.Renew(fault);
            Log("The storage is not available, and requests are answered 503", fault);
            throw ScimException.Unavailable(RetryAfter, fault);
        }
        catch (CommitUnknownException fault)
        {
            Log("A change could not be confirmed, and its request was answered 503", fault);
            throw ScimException.Unconfirmed(RetryAfter);
        }
    }

    /// <summary>
    /// The client learns nothing of our insides; the operator has to. Said now and then while the fault lasts: a line for each
    /// request would hide all others, and fill what is left of a full disk.
    /// </summary>
    private void Log(string what, Exception fault)
    {
        var last = Interlocked.Read(ref loggedAt);
        if ((last == 0 || clock.GetElapsedTime(last) >= LogInterval) && Interlocked.CompareExchange(ref loggedAt, clock.GetTimestamp(), last) == last)
        {
            log.LogWarning("{What}: {Reason}", what, fault.Message);
        }
    }
}
