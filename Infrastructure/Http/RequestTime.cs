using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Ends what is worked on for too long: storage work and waiting for turns are given up, and the client is told to come again. A change
/// that was handed to its commit is not given up, so what is told as not done is not done.
/// </summary>
internal sealed class RequestTime(ScimSliceOptions options)
{
    /// <summary>Sources that are kept, each with its timer: most requests make none.</summary>
    private const int MaxKept = 256;

    private readonly TimeSpan longest = TimeSpan.FromSeconds(options.Limits.RequestSeconds);
    private readonly ConcurrentQueue<CancellationTokenSource> idle = [];

    /// <summary>Does the work with a token that the client's end cancels, and the limit. Throws 503 where that was the limit.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ScimResponse> RunAsync(ScimRequest request, Func<ScimRequest, CancellationToken, ValueTask<ScimResponse>> work, CancellationToken aborted)
    {
        if (!idle.TryDequeue(out var source))
        {
            source = new CancellationTokenSource();
        }

        source.CancelAfter(longest);
        var ending = aborted.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
        try
        {
            return await work(request, source.Token);
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            throw ScimException.OutOfTime();
        }
        finally
        {
            // Whoever cancels has done so before another request can have the source.
            await ending.DisposeAsync();
            if (idle.Count < MaxKept && source.TryReset())
            {
                idle.Enqueue(source);
            }
            else
            {
                source.Dispose();
            }
        }
    }
}
