using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>What is worked on for too long is given up, and what is told of it is true.</summary>
public sealed class RequestTimeTests
{
    [Fact]
    public async Task A_change_that_waits_for_too_long_is_503_and_is_not_made_later()
    {
        await using var host = await StartedHost.StartAsync("--ScimSlice:Limits:RequestSeconds", "3");
        var client = await host.Value.CreateOrganizationAsync();
        using var database = host.Value.OpenDatabase();
        database.Execute(TestDatabase.LockWrites);

        var answer = await client.PostAsync("/Users", ScimClient.User("ana"));
        database.Execute("rollback");

        ShouldBeGivenUp(answer);
        (await client.PostAsync("/Users", ScimClient.User("bob"))).Status.Should().Be(201);
        (await client.GetAsync("/Users")).UserNames.Should().Equal("bob");
        (await client.PostAsync("/Users", ScimClient.User("ana"))).Status.Should().Be(201);
    }

    [Fact]
    public async Task What_Bulk_has_done_before_its_time_was_over_is_told_as_done_and_the_rest_is_not()
    {
        await using var host = await StartedHost.StartAsync("--ScimSlice:Limits:RequestSeconds", "2");
        var client = await host.Value.CreateOrganizationAsync();
        var operations = Enumerable.Range(0, 1000).Select(number => $$"""{"method":"POST","path":"/Users","bulkId":"{{number}}","data":{{ScimClient.User($"u{number}")}}}""");
        using var database = host.Value.OpenDatabase();

        var bulk = client.PostAsync("/Bulk", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', operations)}}]}""");
        await Eventually.BeAsync(async () => bulk.IsCompleted || (await client.GetAsync("/Users?count=0")).TotalResults > 0);
        database.Execute(TestDatabase.LockWrites);
        var answer = await bulk;
        database.Execute("rollback");

        var total = (await client.GetAsync("/Users?count=0")).TotalResults;
        if (answer.Status != 200)
        {
            // Nothing was done before the time was over.
            ShouldBeGivenUp(answer);
            total.Should().Be(0);
            return;
        }

        var statuses = answer.Body["Operations"]!.AsArray().Select(operation => operation!["status"]!.GetValue<string>()).ToArray();
        statuses.Count(status => status == "201").Should().Be(total);
        statuses.Should().OnlyContain(status => status == "201" || status == "503");
    }

    [Fact]
    public async Task A_request_in_time_is_not_ended_by_the_time_of_one_before()
    {
        await using var host = await StartedHost.StartAsync("--ScimSlice:Limits:RequestSeconds", "4");
        var client = await host.Value.CreateOrganizationAsync();

        for (var number = 0; number < 8; number++)
        {
            (await client.PostAsync("/Users", ScimClient.User($"u{number}"))).Status.Should().Be(201);
            await Task.Delay(700);
        }
    }

    private static void ShouldBeGivenUp(ScimAnswer answer)
    {
        answer.ShouldBeError(503);
        answer.Detail.Should().Contain("Nothing was changed");
        if (TestDatabase.Provider == "Sqlite")
        {
            // PostgreSQL ends a statement that waits for a lock by its own time, and says so.
            answer.Detail.Should().Contain("took longer");
        }

        int.Parse(answer.Headers.GetValues("Retry-After").Single(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
    }
}
