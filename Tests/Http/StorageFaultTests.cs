using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class StorageFaultTests
{
    private static readonly string[] Insides = ["sql", "table", "column", "database", "select", "Exception", "   at ", ".cs", "ScimSlice.", "scimslice.db"];

    [Theory]
    [InlineData("drop table users")]
    [InlineData("drop table tokens")]
    [InlineData("alter table users rename column search to lost")]
    public async Task A_fault_of_the_storage_is_a_500_that_reveals_nothing(string fault)
    {
        await using var host = await StartedHost.StartAsync();
        var client = await host.Value.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        using (var database = host.Value.OpenDatabase())
        {
            database.Execute(TestDatabase.IsPostgres ? fault.Replace("drop table users", "drop table users cascade", StringComparison.Ordinal) : $"pragma foreign_keys = off; {fault}");
        }

        host.Value.Clock.Advance(TimeSpan.FromSeconds(2));
        var answers = new[]
        {
            await client.FilterAsync("title eq \"x\""),
            await client.PostAsync("/Users", ScimClient.User("bob")),
            await client.PatchAsync($"/Users/{user.Id}", """{"op":"add","path":"title","value":"canary"}"""),
        };

        answers.Should().AllSatisfy(answer =>
        {
            answer.ShouldBeError(500);
            answer.Detail.Should().NotContainAny(Insides).And.NotContain("canary");
        });
    }

    [OnSqliteFact]
    public async Task A_storage_that_stays_locked_is_a_503_that_asks_to_wait_and_changes_nothing()
    {
        await using var host = await StartedHost.StartAsync();
        var client = await host.Value.CreateOrganizationAsync();
        using var database = host.Value.OpenDatabase();
        database.Execute("begin immediate");

        var refused = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => client.PostAsync("/Users", ScimClient.User($"u{index}"))));
        var read = await client.GetAsync("/Users");
        database.Execute("rollback");

        refused.Should().AllSatisfy(answer =>
        {
            answer.ShouldBeError(503);
            answer.Detail.Should().NotContainAny(Insides);
            int.Parse(answer.Headers.GetValues("Retry-After").Single(), System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
        });
        read.TotalResults.Should().Be(0);
        (await client.PostAsync("/Users", ScimClient.User("ana"))).Status.Should().Be(201);
    }
}
