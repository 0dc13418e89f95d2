using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ScimSlice.Infrastructure.Telemetry;

/// <summary>Registers metrics, served at /metrics, and traces; both go out by OTLP where an endpoint is configured.</summary>
public static class TelemetryRegistration
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var exports = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? "scimslice"))
            .WithMetrics(metrics => metrics
                // The server's own measures by name: all that there are would count each block of memory of each answer.
                .AddMeter(ScimTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (exports)
        {
            telemetry
                .WithTracing(traces => traces.AddSource(ScimTelemetry.Name).AddAspNetCoreInstrumentation(
                    http => http.EnrichWithHttpResponse = (activity, response) => TracedRequest.Reduce(activity, response.HttpContext)))
                .UseOtlpExporter();
        }

        return services;
    }
}
