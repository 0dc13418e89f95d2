using System.Data.Common;
using Polly;
using Polly.Retry;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Resilience;

/// <summary>Tries a whole transaction again after a transient fault of the storage, with growing jittered pauses.</summary>
public sealed class StorageRetry(IDatabase database, TimeProvider clock)
{
    /// <summary>Tries after the first. Each waits for the lock by itself, so about ten seconds pass before the client is told to wait.</summary>
    private const int MaxRetries = 5;

    public ResiliencePipeline Pipeline { get; } = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<DbException>(database.Dialect.IsTransient),
            MaxRetryAttempts = MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(20),
            UseJitter = true,
        })
        .Build();
}
