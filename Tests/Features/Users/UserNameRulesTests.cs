using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class UserNameRulesTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Theory]
    [InlineData("ana@evil.com@x.io")]
    [InlineData("ana@evil.com,b@x.io")]
    [InlineData("\\\"ana@evil.com\\\"@x.io")]
    [InlineData("@x.io")]
    [InlineData(" ana@x.io")]
    [InlineData("ana@x.io.")]
    [InlineData("ana@sub.x.io")]
    [InlineData("ana@evil.com>\\r\\nBcc:@x.io")]
    public async Task With_a_domain_rule_a_userName_is_one_address_in_the_domain(string userName)
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, emailDomains: ["x.io"]);
        client = await host.CreateTokenAsync(client.Organization);

        var answer = await client.PostAsync("/Users", ScimClient.User(userName));

        answer.Status.Should().Be(400);
        answer.ScimType.Should().Be("invalidValue");
        (await client.PostAsync("/Users", ScimClient.User("Ana@X.io"))).Status.Should().Be(201);
    }

    [Theory]
    [InlineData("an\\u200Ba")]
    [InlineData("\\uFEFFana")]
    [InlineData("an\\u00ADa")]
    [InlineData("ana\\u200E")]
    [InlineData("a\\nb")]
    [InlineData("\\u3164")]
    public async Task A_userName_has_no_characters_that_cannot_be_seen(string userName)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User(userName));

        answer.Status.Should().Be(400);
        answer.ScimType.Should().Be("invalidValue");
    }

    [Theory]
    [InlineData(" ana")]
    [InlineData("ana ")]
    public async Task Space_around_a_userName_does_not_tell_it_from_another(string userName)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        (await client.PostAsync("/Users", ScimClient.User(userName))).Status.Should().Be(409);
    }

    [Fact]
    public async Task A_long_run_of_combining_marks_is_folded_like_any_text()
    {
        var client = await host.CreateOrganizationAsync();
        var title = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 25_000));

        var user = await client.CreateUserAsync("ana", $"\"title\":\"{title}\"");

        user.Body["title"]!.GetValue<string>().Should().Be(title);
    }
}
