using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Audit;

public sealed class ReadLogTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task The_log_of_a_user_is_found_by_userName_and_by_id_and_of_a_deleted_one_by_id()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("Ana");
        await client.CreateUserAsync("bob");
        await client.PutAsync($"/Users/{ana.Id}", "{}");
        await EventuallyAsync(client, 5);

        var byName = await LinesAsync(client, user: "aNA");
        var byId = await LinesAsync(client, user: ana.Id);
        await client.DeleteAsync($"/Users/{ana.Id}");
        await client.CreateUserAsync("Ana");
        var deleted = await LinesAsync(client, user: ana.Id);
        var successor = await LinesAsync(client, user: "ana");
        var unknown = () => LinesAsync(client, user: "nobody");

        byName.Should().Equal("POST 201", "PUT 400");
        byId.Should().Equal(byName);
        deleted.Should().Equal("POST 201", "PUT 400", "DELETE 204");
        successor.Should().Equal("POST 201");
        (await unknown.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
    }

    [Fact]
    public async Task What_was_refused_and_one_request_can_be_asked_for()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        var refused = await client.PostAsync("/Users", ScimClient.User("ana"));
        await client.GetAsync("/Users/nobody");
        await EventuallyAsync(client, 5);

        (await LinesAsync(client, failed: true)).Should().Equal("POST 409", "GET 404");
        (await host.SendAsync(new ReadLog.Query(client.Organization, Request: refused.RequestId))).Should().ContainSingle().Which.Record.ScimType.Should().Be("uniqueness");
        (await host.SendAsync(new ReadLog.Query(client.Organization, Limit: 1))).Should().ContainSingle().Which.Record.Status.Should().Be(404);
    }

    [Fact]
    public async Task A_command_is_in_the_log_without_a_request_line()
    {
        var client = await host.CreateOrganizationAsync();

        var requests = await host.SendAsync(new ReadLog.Query(client.Organization));

        requests.Select(logged => $"{logged.Record.Operation}{logged.Record.Method}{logged.Record.Path}{logged.Record.Status}{logged.Record.DurationUs}").Should().Equal("CreateOrganization", "IssueToken");
    }

    [Fact]
    public async Task What_changed_stands_below_its_request()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\",\"nickName\":\"An\\u202e\"");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Köchin"},{"op":"remove","path":"nickName"}""");
        await client.GetAsync("/Users/nobody");
        await EventuallyAsync(client, 5);

        var lines = (await host.SendAsync(new ReadLog.Query(client.Organization))).Select(LogVerbs.Line).ToArray();

        lines[^2].Should().Contain($"PATCH /scim/v2/Users/{ana.Id}  200  ").And.Contain($"token {client.TokenId}  PatchUser User {ana.Id} version 2").And.EndWith(
            """
                user.updated  title: "Lead" → "Köchin"
                user.updated  nickName: "An\u202E" → nothing
            """.ReplaceLineEndings(Environment.NewLine));
        lines[^1].Should().Contain("GET /scim/v2/Users/{id}  404  ").And.EndWith($"{Environment.NewLine}    There is no User with the id '…'.");
    }

    [Fact]
    public async Task Who_follows_is_told_of_each_request_once_and_of_none_before_the_first()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("before");
        await client.CreateUserAsync("last");
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var told = new List<string>();

        await foreach (var logged in LogTail.FollowAsync(
            since => host.SendAsync(new ReadLog.Query(client.Organization, Since: since, Limit: since is null ? 1 : 1000)), TimeProvider.System, end.Token))
        {
            told.Add($"{logged.Record.Method} {logged.Record.Status}");
            if (told.Count == 1)
            {
                await client.GetAsync("/Users/nobody");
                await client.CreateUserAsync("after");
            }

            if (told.Count == 3)
            {
                await client.PutAsync("/Users/nobody", "{}");
            }

            if (told.Count == 4)
            {
                break;
            }
        }

        told[0].Should().Be("POST 201");
        told[1..3].Should().BeEquivalentTo("GET 404", "POST 201");
        told[3].Should().Be("PUT 400");
    }

    private async Task<string[]> LinesAsync(ScimClient client, string? user = null, bool failed = false) =>
        [.. (await host.SendAsync(new ReadLog.Query(client.Organization, User: user, Failed: failed))).Select(logged => $"{logged.Record.Method} {logged.Record.Status}")];

    /// <summary>Waits until so many records are there, commands among them: refusals come within a second.</summary>
    private Task EventuallyAsync(ScimClient client, int count) =>
        Eventually.BeAsync(async () => (await host.SendAsync(new ReadLog.Query(client.Organization))).Count >= count);
}
