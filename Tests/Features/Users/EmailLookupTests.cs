using Dapper;
using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>Users are found by their e-mail addresses through a table beside them, which follows every change.</summary>
public sealed class EmailLookupTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Two = "\"emails\":[{\"value\":\"Ana@x.com\",\"type\":\"work\"},{\"value\":\"ana@home\",\"type\":\"home\"}]";

    [Theory]
    [InlineData("emails.value eq \"ANA@X.com\"", "ana bob")]
    [InlineData("emails.value eq \"ana@home\"", "ana")]
    [InlineData("emails eq \"ana@home\"", "ana")]
    [InlineData("emails[type eq \"work\"].value eq \"ana@x.com\"", "ana")]
    [InlineData("emails[value eq \"ana@x.com\" and type eq \"home\"]", "bob")]
    [InlineData("emails[type eq \"work\" and value eq \"ana@home\"]", "")]
    [InlineData("emails[not (value eq \"ana@home\")]", "ana bob cy")]
    [InlineData("emails[value eq \"ana@home\" or type eq \"other\"]", "ana cy")]
    [InlineData("emails[value sw \"ana@\" and value ew \"home\"]", "ana")]
    [InlineData("emails.value sw \"ana@h\"", "ana")]
    [InlineData("not (emails.value eq \"ana@x.com\")", "cy di")]
    [InlineData("emails.value ne \"ana@x.com\"", "ana cy di")]
    [InlineData("emails.value eq \"ana@home\" or userName eq \"di\"", "ana di")]
    [InlineData("emails.value eq \"ana@home\" and userName eq \"di\"", "")]
    [InlineData("emails.value eq \"\"", "")]
    [InlineData("emails.value eq null", "di")]
    public async Task A_filter_by_address_selects_what_it_means(string filter, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", Two);
        await client.CreateUserAsync("bob", "\"emails\":[{\"value\":\"ana@x.com\",\"type\":\"home\"}]");
        await client.CreateUserAsync("cy", "\"emails\":[{\"value\":\"cy@x.com\",\"type\":\"other\"}]");
        await client.CreateUserAsync("di");

        var answer = await client.FilterAsync(filter);

        answer.Status.Should().Be(200, answer.Text);
        answer.UserNames.Should().Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        answer.TotalResults.Should().Be(answer.Resources.Count);
    }

    [Fact]
    public async Task Every_change_of_a_user_is_followed()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", Two);

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"emails[type eq \"work\"].value","value":"new@x.com"}""");
        (await FoundAsync("ana@x.com")).Should().BeEmpty();
        (await FoundAsync("new@x.com")).Should().Equal("ana");
        (await FoundAsync("ana@home")).Should().Equal("ana");

        await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("ana", "\"emails\":[{\"value\":\"put@x.com\"}]"));
        (await FoundAsync("new@x.com")).Should().BeEmpty();
        (await FoundAsync("put@x.com")).Should().Equal("ana");

        await client.DeleteAsync($"/Users/{ana.Id}");
        (await FoundAsync("put@x.com")).Should().BeEmpty();

        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        (await FoundAsync("put@x.com")).Should().Equal("ana");

        await host.SendAsync(new PurgeUser.Command(client.Organization, ana.Id));
        using var database = host.OpenDatabase();
        database.ExecuteScalar<long>("select count(*) from user_lookups where id = @Id", new { ana.Id }).Should().Be(0, "who is purged is nowhere");

        async Task<string[]> FoundAsync(string address) => (await client.FilterAsync($"emails.value eq \"{address}\"")).UserNames;
    }

    [Fact]
    public async Task Addresses_longer_than_a_key_are_told_apart()
    {
        var client = await host.CreateOrganizationAsync();
        var start = new string('\u00e9', 127) + "\ud83d\ude00";
        await client.CreateUserAsync("one", $"\"emails\":[{{\"value\":\"{start}1\"}}]");
        await client.CreateUserAsync("two", $"\"emails\":[{{\"value\":\"{start}2\"}}]");

        (await client.FilterAsync($"emails.value eq \"{start}2\"")).UserNames.Should().Equal("two");
        (await client.FilterAsync($"emails.value sw \"{start}1\"")).UserNames.Should().Equal("one");
        (await client.FilterAsync($"emails.value sw \"{start}\"")).UserNames.Should().Equal("one", "two");
        (await client.FilterAsync($"emails.value eq \"{start}\"")).UserNames.Should().BeEmpty();
    }

    [Fact]
    public async Task An_address_is_found_in_its_own_organization_only()
    {
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        await client.CreateUserAsync("ana", Two);

        (await other.FilterAsync("emails.value eq \"ana@x.com\"")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task The_same_address_twice_is_found_under_both_types()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", "\"emails\":[{\"value\":\"a@x\",\"type\":\"work\"},{\"value\":\"A@x\",\"type\":\"home\"}]");

        foreach (var filter in (string[])["emails.value eq \"a@x\"", "emails[type eq \"WORK\"].value eq \"A@X\"", "emails[value eq \"a@x\" and type eq \"home\"]"])
        {
            (await client.FilterAsync(filter)).UserNames.Should().Equal("ana");
        }

        (await client.FilterAsync("emails[type eq \"other\"].value eq \"a@x\"")).UserNames.Should().BeEmpty();
    }
}
