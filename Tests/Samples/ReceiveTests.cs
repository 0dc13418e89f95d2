using System.Globalization;
using System.Text;
using Dapper;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using ScimSlice.Features.Events;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Webhooks;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Samples;

/// <summary><c>samples/receive.py</c> takes what the server sends, once, and nothing that anybody else does.</summary>
public sealed class ReceiveTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly ScimHost host = new() { Settings = ["--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8"] };
    private readonly int port = ScimProgram.FreePort();
    private ScimClient client = null!;
    private IssuedWebhook hook = null!;

    public async Task InitializeAsync()
    {
        await host.InitializeAsync();
        client = await host.CreateOrganizationAsync();
        hook = await host.SendAsync(new CreateWebhook.Command(client.Organization, $"http://127.0.0.1:{port}/", []));
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [SampleFact]
    public async Task Sessions_of_who_is_deactivated_or_deleted_end_and_the_server_knows()
    {
        var (ana, bob, eve) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"), await client.CreateUserAsync("eve"));
        await using var receiver = await StartAsync(hook.Secret!);
        OpenSessions(ana.Id, ana.Id, bob.Id, eve.Id);

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":false}""");
        await client.DeleteAsync($"/Users/{bob.Id}");

        await Eventually.BeAsync(() => Task.FromResult(Sessions().SequenceEqual([eve.Id])));
        await Eventually.BeAsync(async () => (await EventsAsync()).Count == 0);
        await Eventually.BeAsync(() => Task.FromResult(Count("taken") == 5));
        (await host.SendAsync(new ListDeliveries.Query(client.Organization, null, null, null, 10))).Deliveries.Should().BeEmpty();
        receiver.Output.Should().Contain("user.deactivated: 2 sessions ended.").And.Contain("user.deleted: 1 sessions ended.").And.NotContain("Traceback");
        (await receiver.TerminateAsync()).Should().Be(0);
    }

    [SampleFact]
    public async Task What_is_not_signed_as_it_should_be_is_refused_and_does_nothing()
    {
        await using var receiver = await StartAsync(hook.Secret!);
        OpenSessions("ana");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var (right, other) = (Key(hook.Secret!), WebhookSecret.Create());

        int[] refused =
        [
            await SendAsync("one", now, Sign(other, "one", now, Deactivated)),
            await SendAsync("one", now, ""),
            await SendAsync("one", now, "v1,"),
            await SendAsync("one", now, Sign(right, "one", now, Deactivated)["v1,".Length..]),
            await SendAsync("one", now, $"v1a,{Sign(right, "one", now, Deactivated)["v1,".Length..]}"),
            await SendAsync("two", now, Sign(right, "one", now, Deactivated)),
            await SendAsync("one", now + 1, Sign(right, "one", now, Deactivated)),
            await SendAsync("one", now, Sign(right, "one", now, Deactivated), Deactivated.Replace("ana", "bob", StringComparison.Ordinal)),
            await SendAsync("one", now - 600, Sign(right, "one", now - 600, Deactivated)),
            await SendAsync("one", now + 600, Sign(right, "one", now + 600, Deactivated)),
            await SendAsync("", now, Sign(right, "", now, Deactivated)),
        ];

        refused.Should().AllSatisfy(status => status.Should().Be(400)).And.HaveCount(11);
        (Count("taken"), Count("sessions")).Should().Be((0, 1));
        (await SendAsync("one", now, Sign(right, "one", now, Deactivated))).Should().Be(200, "this one is right");
        (Count("taken"), Count("sessions")).Should().Be((1, 0));
        receiver.Output.Should().NotContain("Traceback");
    }

    [SampleFact]
    public async Task What_comes_again_is_acknowledged_again_and_done_once()
    {
        await using var receiver = await StartAsync(hook.Secret!);
        OpenSessions("ana");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        var first = await AnswerAsync("one", now, Sign(Key(hook.Secret!), "one", now, Deactivated), Deactivated);
        OpenSessions("ana");
        var again = await AnswerAsync("one", now - 1, Sign(Key(hook.Secret!), "one", now - 1, Deactivated), Deactivated);

        first.ShouldBeAcknowledged();
        again.ShouldBeAcknowledged();
        Sessions().Should().Equal(["ana"], "who has signed in since stays");
        receiver.Output.Split("sessions ended").Should().HaveCount(2);
    }

    [SampleFact]
    public async Task While_the_secret_is_changed_it_takes_messages_with_the_old_one_and_with_the_new_one()
    {
        var rotated = await host.SendAsync(new RotateWebhookSecret.Command(client.Organization, hook.Webhook.Id, TimeSpan.FromHours(1)));

        await using (var old = await StartAsync(hook.Secret!))
        {
            await client.CreateUserAsync("ana");
            await Eventually.BeAsync(() => Task.FromResult(Count("taken") == 1));
            await old.TerminateAsync();
        }

        await using var receiver = await StartAsync(rotated.Secret!);
        await client.CreateUserAsync("bob");
        await Eventually.BeAsync(() =>
        {
            // A message that found nobody while the receiver was changed is sent again after some seconds.
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(Count("taken") == 2);
        });
    }

    [SampleFact]
    public async Task A_server_whose_clock_is_wrong_is_refused_and_tries_again()
    {
        await using var receiver = await StartAsync(hook.Secret!);
        host.Clock.Advance(TimeSpan.FromMinutes(20));

        await client.CreateUserAsync("ana");

        await Eventually.BeAsync(async () => (await host.SendAsync(new ListDeliveries.Query(client.Organization, null, Dead: false, null, 10))).Deliveries is [{ Status: 400, Attempts: > 0 }]);
        Count("taken").Should().Be(0);
    }

    private const string Deactivated = """{"type":"user.deactivated","timestamp":"2026-11-26T10:00:00.000Z","data":{"type":"user.deactivated","resource":{"type":"User","id":"ana","version":2}}}""";

    private string File => Path.Combine(host.Folder, "sessions.sample");

    private static byte[] Key(string secret) => Convert.FromBase64String(secret[WebhookSecret.Prefix.Length..]);

    private static string Sign(byte[] secret, string id, long seconds, string body) => WebhookSecret.Sign([secret], id, seconds, Encoding.UTF8.GetBytes(body));

    private async Task<SampleProgram> StartAsync(string secret)
    {
        var receiver = SampleProgram.Start("receive.py", new Dictionary<string, string> { ["SCIMSLICE_WEBHOOK_SECRET"] = secret }, $"{port}", File);
        await receiver.SaysAsync($"Receives at port {port}.");
        return receiver;
    }

    private async Task<int> SendAsync(string id, long seconds, string signature, string body = Deactivated) => (await AnswerAsync(id, seconds, signature, body)).Status;

    private async Task<SampleAnswer> AnswerAsync(string id, long seconds, string signature, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}/")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", signature);
        using var response = await Http.SendAsync(request);
        return new SampleAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<IReadOnlyList<Infrastructure.Events.ChangeEvent>> EventsAsync() => (await host.SendAsync(new ListUnacknowledged.Query(client.Organization, 0, 10))).Events;

    private void OpenSessions(params string[] users)
    {
        using var db = Open();
        foreach (var user in users)
        {
            db.Execute("insert into sessions values (@id, @user)", new { id = Guid.NewGuid().ToString(), user });
        }
    }

    private IReadOnlyList<string> Sessions()
    {
        using var db = Open();
        return [.. db.Query<string>("select user_id from sessions order by user_id")];
    }

    private long Count(string table)
    {
        using var db = Open();
        return db.ExecuteScalar<long>($"select count(*) from {table}");
    }

    private SqliteConnection Open()
    {
        var db = new SqliteConnection($"Data Source={File};Pooling=False;Default Timeout=30");
        db.Open();
        return db;
    }
}
