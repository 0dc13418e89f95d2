using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class RequestLimiterTests
{
    [Fact]
    public async Task An_organization_that_sends_too_many_requests_is_429_and_another_one_is_not()
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:RequestsPerSecond", "1", "--ScimSlice:Limits:Burst", "3");
        var busy = await host.Value.CreateOrganizationAsync();
        var quiet = await host.Value.CreateOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => busy.GetAsync("/Users")));

        answers.Count(answer => answer.Status == 200).Should().BeInRange(3, 11);
        answers.Where(answer => answer.Status != 200).Should().NotBeEmpty().And.AllSatisfy(ShouldAskToWait);
        (await quiet.GetAsync("/Users")).Status.Should().Be(200);
        await Eventually.BeAsync(async () => (await busy.GetAsync("/Users")).Status == 200);
    }

    [Fact]
    public async Task An_address_that_sends_too_many_invalid_credentials_is_429_but_valid_ones_are_served()
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:FailedAttemptsPerMinute", "5");
        var client = await host.Value.CreateOrganizationAsync();
        var guesser = host.Value.CreateClient("Bearer guess");
        var silent = host.Value.CreateClient();

        var answers = new List<ScimAnswer>();
        for (var index = 0; index < 8; index++)
        {
            answers.Add(await guesser.GetAsync("/Users"));
        }

        answers.Take(5).Should().AllSatisfy(answer => answer.ShouldBeError(401));
        answers.Skip(5).Should().AllSatisfy(ShouldAskToWait);
        (await client.GetAsync("/Users")).Status.Should().Be(200);
        (await silent.GetAsync("/Users")).ShouldBeError(401);
    }

    [Theory]
    [InlineData("127.0.0.0/8,::1", 401)]
    [InlineData("127.0.0.1, 10.1.2.3", 401)]
    [InlineData("10.0.0.0/8", 429)]
    [InlineData("", 429)]
    public async Task Whose_attempt_it_was_is_believed_of_named_proxies_only(string trusted, int expected)
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:FailedAttemptsPerMinute", "3", "--ScimSlice:Proxies:Trusted", trusted);
        var guesser = host.Value.CreateClient("Bearer guess");
        for (var index = 0; index < 4; index++)
        {
            await guesser.GetAsync("/Users", ("X-Forwarded-For", "203.0.113.7"));
        }

        var other = await guesser.GetAsync("/Users", ("X-Forwarded-For", "203.0.113.8"));
        var spoofed = await guesser.GetAsync("/Users", ("X-Forwarded-For", "198.51.100.1, 203.0.113.7"));

        other.ShouldBeError(expected);
        spoofed.ShouldBeError(429);
    }

    [Theory]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:2:ffff::8", 429)]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:3::7", 401)]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7", 429)]
    public async Task Of_an_IPv6_address_the_network_counts(string first, string second, int expected)
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:FailedAttemptsPerMinute", "3", "--ScimSlice:Proxies:Trusted", "127.0.0.0/8,::1");
        var guesser = host.Value.CreateClient("Bearer guess");
        for (var index = 0; index < 3; index++)
        {
            (await guesser.GetAsync("/Users", ("X-Forwarded-For", first))).ShouldBeError(401);
        }

        (await guesser.GetAsync("/Users", ("X-Forwarded-For", second))).ShouldBeError(expected);
    }

    [Fact]
    public async Task An_organization_with_too_many_requests_at_work_is_429_and_another_one_is_not()
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:ConcurrentRequests", "1");
        var busy = await host.Value.CreateOrganizationAsync();
        var quiet = await host.Value.CreateOrganizationAsync();
        using var database = host.Value.OpenDatabase();
        database.Execute(TestDatabase.LockWrites);

        // One of them takes the place and waits for the lock, whichever comes first; the other finds no place.
        Task<ScimAnswer>[] both = [busy.PostAsync("/Users", ScimClient.User("ana")), busy.PostAsync("/Users", ScimClient.User("bob"))];
        var refused = await Task.WhenAny(both);
        var other = await quiet.GetAsync("/Users");
        database.Execute("rollback");

        ShouldAskToWait(await refused);
        other.Status.Should().Be(200);
        (await both.Single(answer => answer != refused)).Status.Should().Be(201);
        (await busy.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_request_whose_body_is_incomplete_takes_no_place()
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:ConcurrentRequests", "1");
        var client = await host.Value.CreateOrganizationAsync();
        var body = ScimClient.User("ana");
        using var raw = new RawHttp(host.Value.Origin);
        raw.Write($"POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body[..10]}");

        for (var index = 0; index < 5; index++)
        {
            (await client.GetAsync("/Users")).Status.Should().Be(200);
        }

        raw.Write(body[10..]);
        raw.ReadAnswer().Status.Should().Be(201);
        (await client.GetAsync("/Users")).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task Each_operation_of_Bulk_counts_as_a_request()
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:RequestsPerSecond", "1", "--ScimSlice:Limits:Burst", "10");
        var client = await host.Value.CreateOrganizationAsync();
        var other = await host.Value.CreateOrganizationAsync();

        var first = await client.PostAsync("/Bulk", Bulk("a", 9));
        var second = await client.PostAsync("/Bulk", Bulk("b", 9));
        var larger = await other.PostAsync("/Bulk", Bulk("c", 25));

        first.Status.Should().Be(200, first.Text);
        ShouldAskToWait(second);
        larger.Status.Should().Be(200, "more operations than the bucket holds could never be done otherwise");
        larger.Body["Operations"]!.AsArray().Should().HaveCount(25).And.OnlyContain(operation => operation!["status"]!.GetValue<string>() == "201");
    }

    [Fact]
    public async Task However_one_organization_floods_another_one_is_served()
    {
        await using var host = await ServedAsync("--ScimSlice:Limits:RequestsPerSecond", "30", "--ScimSlice:Limits:Burst", "60", "--ScimSlice:Limits:ConcurrentRequests", "8");
        var noisy = await host.Value.CreateOrganizationAsync();
        var quiet = await host.Value.CreateOrganizationAsync();
        using var ended = new CancellationTokenSource();
        var flood = Enumerable.Range(0, 24).Select(number => FloodAsync(noisy, number, ended.Token)).ToArray();

        var served = new List<ScimAnswer>();
        for (var number = 0; number < 15; number++)
        {
            var user = await quiet.PostAsync("/Users", ScimClient.User($"ana{number}"));
            served.AddRange([user, await quiet.GetAsync($"/Users/{user.Id}"), await quiet.FilterAsync("title pr"), await quiet.PatchAsync($"/Users/{user.Id}", """{"op":"add","path":"title","value":"Lead"}""")]);
        }

        await ended.CancelAsync();
        var floods = (await Task.WhenAll(flood)).SelectMany(statuses => statuses).ToArray();

        served.Should().OnlyContain(answer => answer.Status == 200 || answer.Status == 201);
        floods.Should().Contain(429).And.OnlyContain(status => status == 200 || status == 201 || status == 409 || status == 429);
    }

    [Fact]
    public async Task Limits_of_zero_are_off()
    {
        await using var host = await ServedAsync(
            "--ScimSlice:Limits:RequestsPerSecond", "0", "--ScimSlice:Limits:Burst", "0", "--ScimSlice:Limits:FailedAttemptsPerMinute", "0", "--ScimSlice:Limits:ConcurrentRequests", "0");
        var client = await host.Value.CreateOrganizationAsync();
        var guesser = host.Value.CreateClient("Bearer guess");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.GetAsync("/Users")));
        var guesses = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => guesser.GetAsync("/Users")));

        answers.Should().OnlyContain(answer => answer.Status == 200);
        guesses.Should().OnlyContain(answer => answer.Status == 401);
    }

    /// <summary>Sends what costs much, as fast as it is answered, and says how.</summary>
    private static async Task<List<int>> FloodAsync(ScimClient client, int number, CancellationToken ended)
    {
        var statuses = new List<int>();
        while (!ended.IsCancellationRequested)
        {
            statuses.Add((number % 3) switch
            {
                0 => (await client.FilterAsync("title co \"e\" or nickName co \"e\"")).Status,
                1 => (await client.PostAsync("/Bulk", Bulk($"u{number}", 20))).Status,
                _ => (await client.PostAsync("/Users", ScimClient.User("same"))).Status,
            });
        }

        return statuses;
    }

    private static string Bulk(string name, int users) =>
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', Enumerable.Range(0, users).Select(number => $$"""{"method":"POST","path":"/Users","bulkId":"{{number}}","data":{{ScimClient.User($"{name}{number}")}}}"""))}}]}""";

    /// <summary>Okta reads whole seconds only.</summary>
    private static void ShouldAskToWait(ScimAnswer answer)
    {
        answer.ShouldBeError(429);
        int.Parse(answer.Headers.GetValues("Retry-After").Single(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
    }

    private static Task<StartedHost> ServedAsync(params string[] settings) => StartedHost.StartAsync(settings);
}
