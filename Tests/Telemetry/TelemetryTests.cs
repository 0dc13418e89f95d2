using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Telemetry;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_name_the_operation_and_its_outcome_and_no_person()
    {
        var host = new ScimHost();
        await host.InitializeAsync();
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("canary-person@example.com");
        await client.PostAsync("/Users", ScimClient.User("canary-person@example.com"));
        await client.FilterAsync("userName eq \"canary-person@example.com\"");

        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(host.Origin, "/metrics"));

        metrics.Should().Contain("scim_operation=\"CreateUser\",scim_outcome=\"done\"").And.Contain("scim_operation=\"CreateUser\",scim_outcome=\"uniqueness\"");
        metrics.Should().NotContain("canary").And.NotContain("scimslice_0");
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Traces_and_metrics_go_to_an_OTLP_endpoint_without_secrets_or_persons()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var host = new ScimHost
        {
            Settings = ["--OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Endpoint, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"],
        };

        await host.InitializeAsync();
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("canary-person@example.com");
        await client.FilterAsync("userName eq \"canary-person@example.com\"");
        await host.DisposeAsync();

        receiver.Traces.Should().Contain("CreateUser").And.Contain("/scim/v2/Users").And.NotContain("canary").And.NotContain("scimslice_");
        receiver.Metrics.Should().Contain("scim.operation.duration").And.NotContain("canary");
    }
}
