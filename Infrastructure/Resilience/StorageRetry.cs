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
            // The client learns nothing of our insides; the operator has to.
            log.LogWarning("The storage is not available, and a request was answered 503: {Reason}", fault.Message);
            throw ScimException.Unavailable(RetryAfter);
        }
        catch (CommitUnknownException fault)
        {
            log.LogWarning("A change could not be confirmed, and its request was answered 503: {Reason}", fault.Message);
            throw ScimException.Unconfirmed(RetryAfter);
        }
    }
}
