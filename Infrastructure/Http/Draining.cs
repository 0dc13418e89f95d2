using Microsoft.Extensions.Hosting;
using ScimSlice.Infrastructure.Configuration;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Goes on serving for a while when the server is asked to end: a load balancer needs some time to see that it is not ready, and
/// until then sends requests that would otherwise be refused.
/// </summary>
internal sealed class Draining(ScimSliceOptions options) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs when readiness has ended, before anything else is stopped; the time allowed for the shutdown ends it too.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken) =>
        await Task.Delay(TimeSpan.FromSeconds(options.DrainSeconds), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
