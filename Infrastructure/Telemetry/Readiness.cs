using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Telemetry;

/// <summary>
/// Whether this process lives, and whether it should get requests: the database is reachable and migrated, and no shutdown has
/// begun. Mapped as plain request delegates: binding parameters to a lambda would load a compiler of expressions at each start.
/// </summary>
public sealed class Readiness(IDatabase database, IHostApplicationLifetime lifetime)
{
    public static Task AnswerAliveAsync(HttpContext context) => Results.Text("alive").ExecuteAsync(context);

    public static Task AnswerReadyAsync(HttpContext context) => context.RequestServices.GetRequiredService<Readiness>().Check().ExecuteAsync(context);

    private IResult Check() => lifetime.ApplicationStopping.IsCancellationRequested
        ? Results.Text("draining", statusCode: StatusCodes.Status503ServiceUnavailable)
        : database.IsReachable()
            ? Results.Text("ready")
            : Results.Text("database unreachable", statusCode: StatusCodes.Status503ServiceUnavailable);
}
