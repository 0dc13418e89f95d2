using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>RFC 9865.</summary>
public sealed class ListUsersCursorTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string SearchRequest = "\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]";

    /// <summary>Users a, b, c …; every third one has no title, the others share three.</summary>
    private async Task<ScimClient> PopulatedAsync(int users)
    {
        var client = await host.CreateOrganizationAsync();
        for (var index = 0; index < users; index++)
        {
            await client.CreateUserAsync(((char)('a' + index)).ToString(), index % 3 == 2 ? "" : $"\"title\":\"{(char)('x' + (index * 7 % 3))}\"");
        }

        return client;
    }

    [Fact]
    public async Task The_first_page_has_a_next_cursor_and_nothing_of_index_paging()
    {
        var client = await PopulatedAsync(3);

        foreach (var query in (string[])["?cursor&count=2", "?cursor=&count=2"])
        {
            var page = await client.GetAsync($"/Users{query}");

            page.Status.Should().Be(200);
            page.Body.AsObject().Select(member => member.Key).Should().Equal("schemas", "totalResults", "itemsPerPage", "nextCursor", "Resources");
            page.UserNames.Should().Equal("a", "b");
            page.TotalResults.Should().Be(3);
            Next(page).Should().MatchRegex("^[A-Za-z0-9._~-]+$");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("&sortBy=userName")]
    [InlineData("&sortBy=userName&sortOrder=descending")]
    [InlineData("&sortBy=title")]
    [InlineData("&sortBy=title&sortOrder=descending")]
    [InlineData("&sortBy=externalId")]
    [InlineData("&sortBy=nickName&sortOrder=descending")]
    [InlineData("&sortBy=meta.created&sortOrder=descending")]
    [InlineData("&filter=title%20pr&sortBy=title")]
    [InlineData("&filter=title%20pr")]
    public async Task Pages_forward_and_back_are_the_list(string query)
    {
        var client = await PopulatedAsync(8);
        var whole = (await client.GetAsync($"/Users?{query}")).UserNames;
        for (var count = 1; count <= 9; count++)
        {
            var pages = new List<ScimAnswer> { await client.GetAsync($"/Users?cursor&count={count}{query}") };
            while (Next(pages[^1]) is { } next)
            {
                pages.Add(await client.GetAsync($"/Users?cursor={next}&count={count}{query}"));
            }

            pages.SelectMany(page => page.UserNames).Should().Equal(whole);
            pages.Should().OnlyContain(page => page.TotalResults == whole.Length && page.Body["itemsPerPage"]!.GetValue<int>() == page.Resources.Count);
            pages.Select(Previous).Should().OnlyContain((previous) => previous == null || previous.Length > 0);
            Previous(pages[0]).Should().BeNull();

            var back = pages[^1];
            for (var index = pages.Count - 2; index >= 0; index--)
            {
                back = await client.GetAsync($"/Users?cursor={Previous(back)}&count={count}{query}");
                back.UserNames.Should().Equal(pages[index].UserNames);
                (await client.GetAsync($"/Users?cursor={Next(back)}&count={count}{query}")).UserNames.Should().Equal(pages[index + 1].UserNames);
            }

            Previous(back).Should().BeNull();
        }
    }

    [Fact]
    public async Task Search_pages_as_the_query_string_does_and_takes_its_cursors()
    {
        var client = await PopulatedAsync(3);

        var first = await client.PostAsync("/Users/.search", $$"""{{{SearchRequest}},"cursor":"","count":2,"sortBy":"userName"}""");
        var second = await client.PostAsync("/Users/.search", $$"""{{{SearchRequest}},"cursor":"{{Next(first)}}","count":2,"sortBy":"userName"}""");
        var byUrl = await client.GetAsync($"/Users?cursor={Next(first)}&count=2&sortBy=userName");

        first.UserNames.Should().Equal("a", "b");
        second.UserNames.Should().Equal("c");
        Next(second).Should().BeNull();
        byUrl.UserNames.Should().Equal("c");
    }

    [Fact]
    public async Task Who_is_created_deleted_or_changed_meanwhile_moves_nobody_else()
    {
        var client = await PopulatedAsync(9);
        var ids = (await client.GetAsync("/Users")).Resources.Select(user => user!["id"]!.GetValue<string>()).ToArray();
        var page = await client.GetAsync("/Users?cursor&count=3");
        var seen = page.UserNames.ToList();

        await client.DeleteAsync($"/Users/{ids[0]}");
        await client.DeleteAsync($"/Users/{ids[2]}");
        await client.DeleteAsync($"/Users/{ids[5]}");
        await client.PatchAsync($"/Users/{ids[4]}", """{"op":"replace","path":"title","value":"zzz"}""");
        await client.CreateUserAsync("new");
        while (Next(page) is { } next)
        {
            page = await client.GetAsync($"/Users?cursor={next}&count=3");
            seen.AddRange(page.UserNames);
        }

        seen.Should().Equal("a", "b", "c", "d", "e", "g", "h", "i", "new");
    }

    [Fact]
    public async Task Pages_under_writes_hold_everybody_who_stays_exactly_once()
    {
        var client = await PopulatedAsync(20);
        var staying = (await client.GetAsync("/Users")).UserNames;
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                var gone = await client.CreateUserAsync($"passing-{number}");
                await client.DeleteAsync($"/Users/{gone.Id}");
            }
        });
        for (var round = 0; round < 10; round++)
        {
            var seen = new List<string>();
            for (var next = ""; next is not null;)
            {
                var page = await client.GetAsync($"/Users?cursor={next}&count=3");
                seen.AddRange(page.UserNames);
                next = Next(page);
            }

            seen.Where(name => !name.StartsWith("passing", StringComparison.Ordinal)).Should().Equal(staying);
            seen.Should().OnlyHaveUniqueItems();
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task A_count_of_zero_tells_the_number_only()
    {
        var client = await PopulatedAsync(2);

        var page = await client.GetAsync("/Users?cursor=&count=-1");

        page.TotalResults.Should().Be(2);
        page.Resources.Should().BeEmpty();
        Next(page).Should().BeNull();
    }

    [Theory]
    [InlineData("cursor=garbage")]
    [InlineData("cursor=AAAA")]
    [InlineData("cursor=%00")]
    [InlineData("cursor=a%2Bb%2F")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_was_never_a_cursor_is_invalidCursor(string query)
    {
        var client = await host.CreateOrganizationAsync();

        (await client.GetAsync($"/Users?{query}")).ShouldBeError(400, "invalidCursor");
    }

    [Fact]
    public async Task A_cursor_changed_anywhere_is_invalidCursor()
    {
        var client = await PopulatedAsync(3);
        var cursor = Next(await client.GetAsync("/Users?cursor&count=2"))!;
        for (var place = 0; place < cursor.Length - 1; place++)
        {
            var changed = string.Concat(cursor.AsSpan(0, place), cursor[place] == 'A' ? "B" : "A", cursor.AsSpan(place + 1));
            (await client.GetAsync($"/Users?cursor={changed}&count=2")).ShouldBeError(400, "invalidCursor");
        }

        (await client.GetAsync($"/Users?cursor={cursor[..^4]}&count=2")).ShouldBeError(400, "invalidCursor");
        (await client.GetAsync($"/Users?cursor={cursor}AAAA&count=2")).ShouldBeError(400, "invalidCursor");
    }

    [Theory]
    [InlineData("&filter=title%20pr")]
    [InlineData("&sortBy=userName")]
    [InlineData("&sortOrder=ascending")]
    [InlineData("&attributes=userName")]
    [InlineData("&excludedAttributes=userName")]
    public async Task A_cursor_of_another_query_is_invalidCursor(string other)
    {
        var client = await PopulatedAsync(3);
        var cursor = Next(await client.GetAsync("/Users?cursor&count=2"));

        (await client.GetAsync($"/Users?cursor={cursor}&count=2{other}")).ShouldBeError(400, "invalidCursor");
    }

    [Fact]
    public async Task A_cursor_of_another_organization_is_the_same_error_as_one_that_never_was()
    {
        var (client, other) = (await PopulatedAsync(3), await PopulatedAsync(3));
        var cursor = Next(await client.GetAsync("/Users?cursor&count=2"));

        var foreign = await other.GetAsync($"/Users?cursor={cursor}&count=2");
        var unknown = await other.GetAsync("/Users?cursor=garbage&count=2");

        foreign.ShouldBeError(400, "invalidCursor");
        foreign.Detail.Should().Be(unknown.Detail);
    }

    [Fact]
    public async Task A_cursor_serves_each_token_of_its_organization()
    {
        var client = await PopulatedAsync(3);
        var cursor = Next(await client.GetAsync("/Users?cursor&count=2"));
        var second = await host.CreateTokenAsync(client.Organization);

        (await second.GetAsync($"/Users?cursor={cursor}&count=2")).UserNames.Should().Equal("c");
    }

    [Theory]
    [InlineData("count=3")]
    [InlineData("count=1")]
    [InlineData("")]
    [InlineData("count=two")]
    public async Task Another_count_is_invalidCount(string count)
    {
        var client = await PopulatedAsync(3);
        var cursor = Next(await client.GetAsync("/Users?cursor&count=2"));

        (await client.GetAsync($"/Users?cursor={cursor}&{count}")).ShouldBeError(400, "invalidCount");
    }

    [Fact]
    public async Task A_count_beyond_the_largest_page_is_clamped_on_all_pages_alike()
    {
        var client = await PopulatedAsync(3);

        (await client.GetAsync("/Users?cursor&count=100000")).UserNames.Should().Equal("a", "b", "c");
        (await client.GetAsync("/Users?cursor&count=two")).ShouldBeError(400, "invalidCount");
    }

    [Fact]
    public async Task Cursor_and_startIndex_exclude_each_other()
    {
        var client = await host.CreateOrganizationAsync();

        (await client.GetAsync("/Users?cursor&startIndex=1")).ShouldBeError(400, "invalidValue");
        (await client.PostAsync("/Users/.search", $$"""{{{SearchRequest}},"cursor":"","startIndex":1}""")).ShouldBeError(400, "invalidValue");
    }

    [Fact]
    public async Task A_cursor_expires()
    {
        var client = await PopulatedAsync(3);
        var cursor = Next(await client.GetAsync("/Users?cursor&count=2"));

        host.Clock.Advance(TimeSpan.FromSeconds(Cursor.Lifetime - 30));
        (await client.GetAsync($"/Users?cursor={cursor}&count=2")).UserNames.Should().Equal("c");
        host.Clock.Advance(TimeSpan.FromSeconds(31));

        (await client.GetAsync($"/Users?cursor={cursor}&count=2")).ShouldBeError(400, "expiredCursor");
    }

    [Fact]
    public async Task The_longest_sort_keys_make_cursors_that_come_back()
    {
        var client = await host.CreateOrganizationAsync();
        var longest = new string('\u6f22', 60_000);
        foreach (var name in (string[])["a", "b", "c"])
        {
            await client.CreateUserAsync(name, $"\"title\":\"{longest}\"");
        }

        var first = await client.GetAsync("/Users?cursor&count=2&sortBy=title&attributes=userName");
        var second = await client.GetAsync($"/Users?cursor={Next(first)}&count=2&sortBy=title&attributes=userName");

        first.UserNames.Should().Equal("a", "b");
        second.UserNames.Should().Equal("c");
    }

    [Fact]
    public async Task A_cursor_outlives_a_restart()
    {
        await using var own = new ScimHost();
        await own.InitializeAsync();
        var client = await own.CreateOrganizationAsync();
        await client.CreateUserAsync("a");
        await client.CreateUserAsync("b");
        var cursor = Next(await client.GetAsync("/Users?cursor&count=1"));

        await own.RestartAsync();

        (await own.Reconnect(client).GetAsync($"/Users?cursor={cursor}&count=1")).UserNames.Should().Equal("b");
    }

    [Fact]
    public async Task An_organization_that_an_earlier_program_made_gets_its_key_with_the_first_cursor()
    {
        var client = await PopulatedAsync(3);
        using (var database = host.OpenDatabase())
        {
            Dapper.SqlMapper.Execute(database, "update organizations set cursor_key = null where name = @Organization", new { client.Organization });
        }

        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var first = await client.GetAsync("/Users?cursor&count=2");
        var beforeRenewal = await client.GetAsync($"/Users?cursor={Next(first)}&count=2");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        beforeRenewal.UserNames.Should().Equal("c");
        (await client.GetAsync($"/Users?cursor={Next(first)}&count=2")).UserNames.Should().Equal("c");
    }

    private static string? Next(ScimAnswer page) => page.Body["nextCursor"]?.GetValue<string>();

    private static string? Previous(ScimAnswer page) => page.Body["previousCursor"]?.GetValue<string>();
}
