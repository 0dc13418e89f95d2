using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Telemetry;

/// <summary>Whether this node should get requests: the database is reachable and migrated, and no shutdown has begun.</summary>
public sealed class Readiness(IDatabase database, IHostApplicationLifetime lifetime)
{
    public IResult Check() => lifetime.ApplicationStopping.IsCancellationRequested
        ? Results.Text("draining", statusCode: StatusCodes.Status503ServiceUnavailable)
        : database.IsReachable()
            ? Results.Text("ready")
            : Results.Text("database unreachable", statusCode: StatusCodes.Status503ServiceUnavailable);
}
