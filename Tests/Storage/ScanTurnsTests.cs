using FluentAssertions;
using ScimSlice.Features.Groups;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>What reads all of an organization has its turn, so that nobody else waits for it.</summary>
public sealed class ScanTurnsTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task An_organization_has_one_turn_at_a_time_and_others_have_theirs_beside_it()
    {
        using var turns = new ScanTurns(atOnce: 2, TimeSpan.FromSeconds(30));

        var first = await turns.TakeAsync("a", CancellationToken.None);
        var second = turns.TakeAsync("a", CancellationToken.None).AsTask();
        using var other = await turns.TakeAsync("b", CancellationToken.None);
        var waits = await Task.WhenAny(second, Task.Delay(Moment)) != second;
        first.Dispose();
        first.Dispose();

        waits.Should().BeTrue();
        (await second).Dispose();
    }

    [Fact]
    public async Task All_organizations_together_have_as_many_as_there_are()
    {
        using var turns = new ScanTurns(atOnce: 1, TimeSpan.FromSeconds(30));

        var first = await turns.TakeAsync("a", CancellationToken.None);
        var second = turns.TakeAsync("b", CancellationToken.None).AsTask();
        var waits = await Task.WhenAny(second, Task.Delay(Moment)) != second;
        first.Dispose();

        waits.Should().BeTrue();
        (await second).Dispose();
    }

    [Fact]
    public async Task Who_waits_too_long_for_the_log_is_told_so()
    {
        using var turns = new LogTurns(atOnce: 1, Moment);
        using var first = await turns.TakeAsync("a", CancellationToken.None);

        var second = async () => await turns.TakeAsync("a", CancellationToken.None);

        (await second.Should().ThrowAsync<ScimException>()).Which.Detail.Should().Contain("log").And.NotContain("index");
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_to_come_back_and_takes_no_turn_from_others()
    {
        using var turns = new ScanTurns(atOnce: 1, Moment);
        var first = await turns.TakeAsync("a", CancellationToken.None);

        var same = async () => await turns.TakeAsync("a", CancellationToken.None);
        var other = async () => await turns.TakeAsync("b", CancellationToken.None);

        (await same.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(429);
        (await other.Should().ThrowAsync<ScimException>()).Which.RetryAfter.Should().BePositive();
        first.Dispose();
        (await turns.TakeAsync("b", CancellationToken.None)).Dispose();
        (await turns.TakeAsync("a", CancellationToken.None)).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_takes_no_turn()
    {
        using var turns = new ScanTurns(atOnce: 1, TimeSpan.FromSeconds(30));
        var first = await turns.TakeAsync("a", CancellationToken.None);
        using var stop = new CancellationTokenSource(Moment);

        var waiting = async () => await turns.TakeAsync("a", stop.Token);

        await waiting.Should().ThrowAsync<OperationCanceledException>();
        first.Dispose();
        (await turns.TakeAsync("a", CancellationToken.None)).Dispose();
    }

    [Theory]
    [InlineData("id eq \"x\"", true)]
    [InlineData("userName sw \"a\"", true)]
    [InlineData("userName co \"a\"", false)]
    [InlineData("userName ne \"a\"", false)]
    [InlineData("externalId eq null", false)]
    [InlineData("active eq true", false)]
    [InlineData("active eq true and userName eq \"a\"", true)]
    [InlineData("active eq true or userName eq \"a\"", false)]
    [InlineData("externalId eq \"e\" or userName eq \"a\"", true)]
    [InlineData("not (userName eq \"a\")", false)]
    [InlineData("not (userName pr)", true)]
    [InlineData("emails.value eq \"a@x\"", true)]
    [InlineData("emails[type eq \"work\" and value eq \"a@x\"]", true)]
    [InlineData("emails[type eq \"work\"]", false)]
    [InlineData("groups.value eq \"g\"", true)]
    [InlineData("groups[value eq \"g\" and type eq \"direct\"]", true)]
    [InlineData("groups.display co \"g\"", false)]
    [InlineData("title eq \"x\"", false)]
    public void What_an_index_finds_needs_no_turn(string filter, bool expected) => IsSearch(SchemaRegistry.BuiltIn.User, UserTable.Filtered, filter).Should().Be(expected);

    [Theory]
    [InlineData("displayName eq \"a\"", true)]
    [InlineData("members eq \"x\"", true)]
    [InlineData("members pr", false)]
    [InlineData("members.type eq \"Group\"", false)]
    public void Nor_does_a_group_that_an_index_finds(string filter, bool expected) => IsSearch(SchemaRegistry.BuiltIn.Group, GroupTable.Filtered, filter).Should().Be(expected);

    [Fact]
    public async Task Many_costly_searches_of_one_organization_are_all_answered()
    {
        var host = new ScimHost();
        await host.InitializeAsync();
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", "\"title\":\"Lead\"");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.FilterAsync("title eq \"lead\"")));

        answers.Should().OnlyContain(answer => answer.Status == 200 && answer.TotalResults == 1);
        await host.DisposeAsync();
    }

    private static bool IsSearch(ResourceType type, ResourceTable table, string filter)
    {
        var quirks = new QuirkUse(strict: false);
        return new FilterToSql(type, table, new SqliteDialect(), new SqlParameters()).IsSearch(FilterRules.Check(FilterParser.Parse(filter, type, quirks), type, quirks));
    }
}
