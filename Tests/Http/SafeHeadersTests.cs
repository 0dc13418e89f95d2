using Dapper;
using FluentAssertions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>What every answer says to caches and browsers, over all routes and outcomes.</summary>
public sealed class SafeHeadersTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Every_answer_of_every_route_forbids_to_keep_it_and_to_guess_its_type_and_names_no_server()
    {
        var client = await host.CreateOrganizationAsync();
        var (user, group) = (await client.CreateUserAsync("ana"), await client.CreateGroupAsync("Guides"));
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => $"/{endpoint.RoutePattern.RawText!.Trim('/')}").Distinct().ToArray();
        string[] targets =
        [
            .. routes.Select(route => route.Replace("{id}", "unknown", StringComparison.Ordinal)),
            .. routes.Where(route => route.Contains("{id}", StringComparison.Ordinal)).Select(route => route.Replace("{id}", route.Contains("Group", StringComparison.Ordinal) ? group.Id : user.Id, StringComparison.Ordinal)),
            "/scim/v2/Nothing", "/nothing", "/", "/scim/v2/Users?filter=nonsense",
        ];

        var answers = targets
            .SelectMany(target => ((string[])["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "TRACE", "DELETE"]).Select(method => (Method: method, Target: target)))
            .SelectMany(sent => ((string[])[$"Authorization: {client.Authorization}", "Authorization: Bearer wrong", "X-None: 1"])
                .Select(header => (Sent: $"{sent.Method} {sent.Target}", Answer: RawHttp.Send(host.Origin, sent.Method, sent.Target, header, "Content-Length: 0"))))
            .ToArray();

        routes.Length.Should().BeGreaterThan(20);
        answers.Select(sent => sent.Answer.Status).Distinct().Should().Contain([200, 204, 400, 401, 404, 405]);
        answers.Should().AllSatisfy(sent => ShouldBeSafe(sent.Answer, sent.Sent));
    }

    [Fact]
    public async Task So_do_304_and_403_and_409_and_412_and_413_and_415_and_429()
    {
        await using var limited = await StartedHost.StartAsync("--ScimSlice:Limits:FailedAttemptsPerMinute", "1");
        var client = await host.CreateOrganizationAsync();
        var reader = await host.CreateTokenAsync(client.Organization, Infrastructure.Organizations.TokenScope.Read);
        var user = await client.CreateUserAsync("ana");

        var answers = new[]
        {
            await client.GetAsync($"/Users/{user.Id}", ("If-None-Match", user.Tag!)),
            await reader.DeleteAsync($"/Users/{user.Id}"),
            await client.PostAsync("/Users", ScimClient.User("ana")),
            await client.DeleteAsync($"/Users/{user.Id}", ("If-Match", "W/\"9\"")),
            await client.PostAsync("/Users", ScimClient.User("big", $"\"title\":\"{new string('x', 2_000_000)}\"")),
            await client.PostAsync("/Users", ScimClient.User("bob"), ("Content-Type", "text/plain")),
            await limited.Value.CreateClient("Bearer wrong").GetAsync("/Users"),
            await limited.Value.CreateClient("Bearer wrong").GetAsync("/Users"),
        };

        answers.Select(answer => answer.Status).Should().Equal(304, 403, 409, 412, 413, 415, 401, 429);
        answers.Should().AllSatisfy(answer => ShouldBeSafe(answer, $"{answer.Status}"));
    }

    [Fact]
    public async Task So_does_an_answer_that_failed()
    {
        await using var broken = await StartedHost.StartAsync();
        var client = await broken.Value.CreateOrganizationAsync();
        await client.GetAsync("/Users");
        using (var database = broken.Value.OpenDatabase())
        {
            database.Execute(TestDatabase.IsPostgres ? "drop table users cascade" : "pragma foreign_keys = off; drop table users");
        }

        var answer = await client.PostAsync("/Users", ScimClient.User("ana"));

        answer.Status.Should().Be(500);
        ShouldBeSafe(answer, "it failed");
    }

    private static void ShouldBeSafe(ScimAnswer answer, string because)
    {
        answer.Headers.CacheControl?.ToString().Should().Be("no-store", because);
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal(["nosniff"], because);
        foreach (var name in (string[])["Server", "X-Powered-By", "X-AspNet-Version", "Set-Cookie", "Access-Control-Allow-Origin"])
        {
            answer.Headers.Contains(name).Should().BeFalse(because);
        }
    }
}
