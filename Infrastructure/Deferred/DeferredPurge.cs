using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>Erases requests that were carried out a day ago, with what became of them.</summary>
internal sealed class DeferredPurge(IServiceScopeFactory scopes, TimeProvider clock, ILogger<DeferredPurge> log) : RetentionWork(scopes, KeptFor, "completed requests", clock, log)
{
    /// <summary>How long a client may ask what became of its request.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>Requests erased in one change, each with as many results as a Bulk request has operations.</summary>
    private const int BatchSize = 20;

    protected override async Task<object?> FindBatchAsync(StorageSession storage, string organizationId, DateTimeOffset before) =>
        await DeferredTable.HasEndedAsync(storage, organizationId, DateTimeValue.Format(before)) ? DateTimeValue.Format(before) : null;

    protected override Task EraseAsync(StorageSession storage, string organizationId, object batch) => DeferredTable.EraseAsync(storage, organizationId, (string)batch, BatchSize);
}
