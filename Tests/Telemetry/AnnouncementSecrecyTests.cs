using FluentAssertions;
using Microsoft.AspNetCore.Http;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Telemetry;

/// <summary>The same of what is announced: events that are sent, fetched and followed, endpoints that answer with words of their own, and requests that are answered later.</summary>
public sealed class AnnouncementSecrecyTests
{
    private const string Person = "zqperson";
    private const string Password = "zqpassword";
    private const string Valid = "zqvalid-token-0123456789-0123456789";

    [Theory]
    [InlineData("Information", "Warning")]
    [InlineData("Trace", "Information")]
    public async Task Logs_traces_and_metrics_hold_no_person_and_no_secret_of_what_is_announced(string ownLevel, string serverLevel)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (context, _) =>
        {
            // Half of the time it fails, with words that it should better not have sent.
            var status = receiver.Received.Count % 2 == 0 ? 200 : 400;
            context.Response.StatusCode = status;
            context.Response.Headers["X-Word"] = Person;
            await context.Response.WriteAsync($$"""{"err":"{{Person}}","description":"{{Person}}","acknowledged":"{{Person}}"}""");
            return status;
        };
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Valid;
        program["ScimSlice__Outbound__AllowedNetworks"] = "127.0.0.0/8";
        program["Logging__LogLevel__ScimSlice"] = ownLevel;
        program["Logging__LogLevel__Microsoft"] = serverLevel;
        program["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint;
        program["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        await program.ServeAsync();
        var secret = (await program.RunJsonAsync("webhook", "create", "default", "--url", $"{receiver.Url}?{Person}"))["secret"]!.GetValue<string>();
        await program.RunJsonAsync("webhook", "create", "default", "--delivery", "push", "--url", receiver.Url, "--audience", Person);
        var poll = (await program.RunJsonAsync("webhook", "create", "default", "--delivery", "poll"))["id"]!.GetValue<string>();
        var token = (await program.RunJsonAsync("token", "create", "default", "--name", "app", "--scope", "events"))["token"]!.GetValue<string>();
        var (client, application) = (program.CreateClient(Valid), program.CreateClient(token));

        var user = await client.CreateUserAsync(Person, $"\"title\":\"{Person}\",\"externalId\":\"{Person}\",\"password\":\"{Password}\"");
        await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"replace","path":"displayName","value":"{{Person}}"}""");
        var later = new List<ScimAnswer>();
        foreach (var name in (string[])[Person, "other"])
        {
            later.Add(await client.PostAsync("/Users", ScimClient.User(name, $"\"title\":\"{Person}\""), ("Prefer", "respond-async")));
        }

        later.Add(await client.PatchAsync($"/Users/{Person}", $$"""{"op":"replace","path":"title","value":"{{Person}}"}""", ("Prefer", "respond-async")));
        later.Select(answer => answer.Status).Should().OnlyContain(status => status == 202);
        await Eventually.BeAsync(async () => (await client.GetAsync($"/.async/{later[^1].Headers.GetValues("Set-Txn").Single()}")).Status == 200);
        foreach (var body in (string[])["""{"returnImmediately":true}""", $$$"""{"ack":["{{{Person}}}"],"setErrs":{"{{{Person}}}":{"err":"{{{Person}}}"}},"maxEvents":0}""", $$"""{"ack":"{{Person}}"}""", Person])
        {
            await application.SendAsync("POST", $"/../../api/v1/webhooks/{poll}/poll", body, ("Content-Type", "application/json"));
        }

        foreach (var path in (string[])["/events", $"/events?{Person}={Person}", $"/issuers/{Person}/jwks.json", $"/webhooks/{Person}/poll", "/requests", "/deliveries"])
        {
            await application.GetApiAsync(path);
        }

        await Eventually.BeAsync(() => Task.FromResult(receiver.Received.Count >= 8));
        using var http = new HttpClient();
        var scraped = await http.GetStringAsync(new Uri(program.Origin!, "/metrics"));
        await program.TerminateAsync();

        receiver.Received.Should().Contain(message => message.Body.Contains(Person), "it is what is announced");
        await Eventually.BeAsync(() => Task.FromResult(collector.Traces.Contains("CreateUser", StringComparison.Ordinal)));
        foreach (var (text, what) in ((string, string)[])[(SecrecyTests.Log(program), "the log"), (collector.Traces, "the traces"), (collector.Metrics, "the metrics"), (scraped, "/metrics")])
        {
            foreach (var word in (string[])[Person, Password, Valid, secret, token])
            {
                SecrecyTests.ShouldNotHold(text, word, what);
            }
        }
    }
}
