using Microsoft.AspNetCore.Builder;

namespace ScimSlice.Infrastructure.Telemetry;

/// <summary>What an orchestrator and a monitoring system ask, without a token.</summary>
public static class HealthRoutes
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/livez", Readiness.AnswerAliveAsync).AllowAnonymous();
        app.MapGet("/readyz", Readiness.AnswerReadyAsync).AllowAnonymous();
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
    }
}
