using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class BodyMemoryTests
{
    /// <summary>Of three bytes for each of its own. Four of them take what one organization has, eight what all have.</summary>
    private const int Large = 8000;

    [Fact]
    public async Task An_organization_whose_bodies_take_its_half_is_told_to_wait_and_others_go_on()
    {
        await using var started = await StartAsync();
        var (client, other) = (await started.Value.CreateOrganizationAsync(), await started.Value.CreateOrganizationAsync());
        using var open = new OpenBodies(started.Value.Origin);
        for (var number = 0; number < 4; number++)
        {
            open.Begin(client);
        }

        ScimAnswer? refused = null;
        await FullAsync(open, client, async () => (refused = await SendAsync(client)).Status == 429);
        var accepted = await SendAsync(other);
        open.Dispose();

        refused!.ShouldBeError(429);
        refused!.Headers.RetryAfter!.Delta.Should().BePositive();
        accepted.Status.Should().NotBe(429).And.NotBe(503);
        (await client.GetAsync("/Users")).Status.Should().Be(200);
        await Eventually.BeAsync(async () => (await SendAsync(client)).Status == accepted.Status);
    }

    [Fact]
    public async Task Where_all_together_take_what_there_is_everybody_is_told_to_wait()
    {
        await using var started = await StartAsync();
        var clients = new[] { await started.Value.CreateOrganizationAsync(), await started.Value.CreateOrganizationAsync(), await started.Value.CreateOrganizationAsync() };
        using var open = new OpenBodies(started.Value.Origin);
        foreach (var client in clients)
        {
            for (var number = 0; number < 3; number++)
            {
                open.Begin(client);
            }
        }

        ScimAnswer? refused = null;
        var next = 0;
        await Eventually.BeAsync(async () => await IsFullAsync(open, clients[1 + (next++ % 2)], async () => (refused = await SendAsync(clients[0])).Status == 503));
        open.Dispose();

        refused!.Headers.RetryAfter!.Delta.Should().BePositive();
        await Eventually.BeAsync(async () => (await SendAsync(clients[0])).Status == 400);
    }

    [Fact]
    public async Task What_is_made_of_a_body_counts_and_one_that_is_alone_is_let_in()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Limits:MaxBodyMemory", "65536", "--ScimSlice:Limits:GraceSeconds", "120");
        var client = await started.Value.CreateOrganizationAsync();
        var dense = $"{{\"Operations\":[{string.Join(',', Enumerable.Repeat("1", 5000))}]}}";

        (await client.PostAsync("/Bulk", dense)).Status.Should().Be(400);
        using var open = new OpenBodies(started.Value.Origin);
        open.Begin(client);
        await FullAsync(open, client, async () => (await client.PostAsync("/Bulk", dense)).Status == 429);
        (await client.PostAsync("/Bulk", $"{{{new string(' ', 2000)}}}")).Status.Should().Be(400);
    }

    private static Task FullAsync(OpenBodies open, ScimClient client, Func<Task<bool>> isFull) => Eventually.BeAsync(() => IsFullAsync(open, client, isFull));

    /// <summary>Whether there is no room; where there is, one more body begins, since one of those before may have come while a request that asks this had its place.</summary>
    private static async Task<bool> IsFullAsync(OpenBodies open, ScimClient client, Func<Task<bool>> isFull)
    {
        if (await isFull())
        {
            return true;
        }

        open.Begin(client);
        return false;
    }

    /// <summary>A server with room for eight such bodies, four of them of one organization, that waits long for slow ones.</summary>
    private static Task<StartedHost> StartAsync() => StartedHost.StartAsync(
        "--ScimSlice:Limits:MaxBodyBytes", "4096",
        "--ScimSlice:Limits:MaxLargeBodyBytes", "8192",
        "--ScimSlice:Limits:MaxBodyMemory", "196608",
        "--ScimSlice:Limits:GraceSeconds", "120");

    /// <summary>A large request that is refused for what it says, where there is room for it.</summary>
    private static Task<ScimAnswer> SendAsync(ScimClient client) => client.PostAsync("/Bulk", $"{{{new string(' ', Large - 2)}}}");

    /// <summary>Large requests that never end.</summary>
    private sealed class OpenBodies(Uri origin) : IDisposable
    {
        private readonly List<RawHttp> connections = [];

        public void Begin(ScimClient client)
        {
            var connection = new RawHttp(origin);
            connections.Add(connection);
            connection.Write($"POST /scim/v2/Bulk HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\nContent-Type: application/scim+json\r\nContent-Length: {Large + 1}\r\n\r\n{{{new string(' ', Large - 1)}");
        }

        public void Dispose() => connections.ForEach(connection => connection.Dispose());
    }
}
