using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>Clients that send or read so slowly that they only keep what others need.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    private ScimHost Host { get; } = new()
    {
        Settings =
        [
            "--ScimSlice:Limits:MinBytesPerSecond", "1000000",
            "--ScimSlice:Limits:GraceSeconds", "2",
            "--ScimSlice:Limits:HeaderSeconds", "2",
            "--ScimSlice:Limits:ConcurrentRequests", "1",
            "--ScimSlice:Limits:MaxConnections", "6",
        ],
    };

    public Task InitializeAsync() => Host.InitializeAsync();

    public Task DisposeAsync() => Host.DisposeAsync();

    [Fact]
    public async Task A_body_that_trickles_is_408_and_its_connection_ends()
    {
        var client = await Host.CreateOrganizationAsync();
        using var slow = new RawHttp(Host.Origin);
        slow.Write($"POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\nContent-Type: application/scim+json\r\nContent-Length: 900000\r\n\r\n{{");

        var trickle = TrickleAsync(slow, "    ");
        var answer = slow.ReadAnswer("POST");

        answer.ShouldBeError(408);
        slow.IsEnded().Should().BeTrue();
        await trickle;
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_form_that_trickles_is_408_as_OAuth_tells_it()
    {
        using var slow = new RawHttp(Host.Origin);
        slow.Write("POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 30000\r\n\r\ngrant_type=");

        var trickle = TrickleAsync(slow, "aaaa");
        var answer = slow.ReadAnswer("POST");

        answer.Status.Should().Be(408);
        answer.Body["error"]!.GetValue<string>().Should().Be("invalid_request");
        slow.IsEnded().Should().BeTrue();
        await trickle;
    }

    [Fact]
    public async Task Headers_that_never_end_are_cut_off()
    {
        using var slow = new RawHttp(Host.Origin);
        slow.Write("GET /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n");

        var trickle = TrickleAsync(slow, "X: x\r\n");

        await trickle;
        (await Host.CreateClient().GetAsync("/Users")).Status.Should().Be(401);
    }

    [Theory]
    [InlineData("Users")]
    [InlineData("Groups")]
    public async Task Who_does_not_read_the_answer_is_cut_off_and_gives_back_its_place(string what)
    {
        var client = await Host.CreateOrganizationAsync();
        await FillAsync(client, what);
        using var deaf = new RawHttp(Host.Origin, receiveBuffer: 4096);

        // More than the system keeps for a connection: at one of the answers the server has to wait.
        for (var number = 0; number < (what == "Users" ? 20 : 200); number++)
        {
            deaf.Write($"GET /scim/v2/{what} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\n\r\n");
        }

        await Eventually.BeAsync(() => Task.FromResult(!deaf.TryWrite("\r\n")));

        await Eventually.BeAsync(async () => (await client.GetAsync("/Users?count=1")).Status == 200);
        (await client.PostAsync("/Users", ScimClient.User("late"))).Status.Should().Be(201);
    }

    [Fact]
    public async Task Connections_are_so_many()
    {
        // One more than the limit; which of them is refused, the server's threads decide.
        var open = Enumerable.Range(0, 7).Select(_ => new RawHttp(Host.Origin)).ToList();
        try
        {
            await Eventually.BeAsync(() => Task.FromResult(open.Exists(connection => connection.HasEnded())));
            var served = open.Where(connection => !connection.HasEnded()).ToList();
            served.Should().HaveCount(6);
            foreach (var connection in served)
            {
                connection.Write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
                connection.ReadAnswer().Status.Should().Be(200);
            }
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }

        await Eventually.BeAsync(async () =>
        {
            try
            {
                return (await Host.CreateClient().GetAsync("/Users")).Status == 401;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    /// <summary>Sends a little again and again, until the server takes no more. Throws where it never does so.</summary>
    private static Task TrickleAsync(RawHttp slow, string text) => Task.Run(() => Eventually.BeAsync(() => Task.FromResult(!slow.TryWrite(text))));

    /// <summary>Answers of one and a half megabytes for users, and of 150 KB, sent in pieces, for a group.</summary>
    private static async Task FillAsync(ScimClient client, string what)
    {
        if (what == "Users")
        {
            var text = new string('x', 60_000);
            for (var number = 0; number < 8; number++)
            {
                await client.CreateUserAsync($"u{number}", $"\"title\":\"{text}\",\"nickName\":\"{text}\",\"displayName\":\"short\",\"preferredLanguage\":\"{text}\"");
            }

            return;
        }

        var users = Enumerable.Range(0, 700).Select(number => $$"""{"method":"POST","path":"/Users","bulkId":"{{number}}","data":{{ScimClient.User($"u{number}")}}}""");
        var made = await client.PostAsync("/Bulk", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', users)}}]}""");
        await client.CreateGroupAsync("Crew", [.. made.Body["Operations"]!.AsArray().Select(operation => operation!["location"]!.GetValue<string>().Split('/')[^1])]);
    }
}
