using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Telemetry;

/// <summary>
/// Whether this process lives, and whether it should get requests: the database is reachable, migrated and takes changes, and no
/// shutdown has begun. Mapped as plain request delegates: binding parameters to a lambda would load a compiler of expressions at each start.
/// </summary>
public sealed class Readiness(IDatabase database, StorageCondition condition, IHostApplicationLifetime lifetime)
{
    public static Task AnswerAliveAsync(HttpContext context) => Results.Text("alive").ExecuteAsync(context);

    public static async Task AnswerReadyAsync(HttpContext context) =>
        await (await context.RequestServices.GetRequiredService<Readiness>().CheckAsync()).ExecuteAsync(context);

    private async Task<IResult> CheckAsync()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return NotReady("draining");
        }

        if (!database.IsReachable())
        {
            return NotReady("database unreachable");
        }

        return await condition.TakesChangesAsync() ? Results.Text("ready") : NotReady("database takes no changes");
    }

    private static IResult NotReady(string reason) => Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable);
}
