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
    public async Task Metrics_tell_what_is_not_acknowledged_and_how_long_acknowledgements_took()
    {
        const string Token = "bootstrap-token-of-the-telemetry-tests-0123456789";
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Organization"] = "acme";
        program["ScimSlice__Bootstrap__Token"] = Token;
        await program.ServeAsync();
        var client = program.CreateClient(Token);
        var token = (await program.RunJsonAsync("token", "create", "acme", "--name", "app", "--scope", "events"))["token"]!.GetValue<string>();
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("ana")).Id}");
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("bob")).Id}");
        await program.TerminateAsync();

        // The first look is made at the start.
        await program.ServeAsync();
        var app = program.CreateClient(token);
        using var http = new HttpClient();
        var before = "";
        await Eventually.BeAsync(async () => (before = await ScrapeAsync()).Contains("scim_unacknowledged_deactivations", StringComparison.Ordinal));
        var told = (await app.GetApiAsync("/events?after=1&limit=1")).Body["events"]![0]!;
        (await app.SendAsync("POST", $"/../../api/v1/events/{told["id"]}/ack", null)).Status.Should().Be(200);
        before.Should().MatchRegex("""(?m)^scim_unacknowledged_deactivations\{[^}]*scim_acknowledges="false"[^}]*\} 2$""")
            .And.MatchRegex("""(?m)^scim_unacknowledged_deactivations\{[^}]*scim_acknowledges="true"[^}]*\} 0$""")
            .And.MatchRegex("""(?m)^scim_oldest_unacknowledged_deactivation_seconds\{[^}]*scim_acknowledges="false"[^}]*\} \d""");

        // What was scraped is remembered for a moment.
        var after = "";
        await Eventually.BeAsync(async () => (after = await ScrapeAsync()).Contains("scim_acknowledgement_latency", StringComparison.Ordinal));
        after.Should().MatchRegex("""(?m)^scim_acknowledgement_latency_seconds_bucket\{[^}]*le="604800"\} 1$""").And.MatchRegex("""(?m)^scim_acknowledgement_latency_seconds_count\{[^}]*\} 1$""");

        Task<string> ScrapeAsync() => http.GetStringAsync(new Uri(program.Origin!, "/metrics"));
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
