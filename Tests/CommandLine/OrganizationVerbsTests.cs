using System.Globalization;
using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class OrganizationVerbsTests
{
    [Fact]
    public async Task Org_create_and_org_list_print_an_organization_as_JSON_and_nothing_else()
    {
        await using var program = new ScimProgram();

        var created = await program.RunAsync("org", "create", "Acme & Söhne", "--json");
        var listed = await program.RunAsync("org", "list", "--json");

        created.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        var organization = JsonNode.Parse(created.Output)!.AsObject();
        organization.Select(member => member.Key).Should().Equal("id", "name", "createdAt");
        organization["name"]!.GetValue<string>().Should().Be("Acme & Söhne");
        DateTimeOffset.Parse(organization["createdAt"]!.GetValue<string>(), CultureInfo.InvariantCulture).Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromHours(1));
        listed.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        JsonNode.Parse(listed.Output).ShouldBeJson($"[{created.Output}]");
    }

    [Fact]
    public async Task Org_list_of_an_empty_database_is_an_empty_array()
    {
        await using var program = new ScimProgram();

        var listed = await program.RunAsync("org", "list", "--json");

        listed.Should().BeEquivalentTo(new { ExitCode = 0, Output = "[]\n", Error = "" });
    }

    [Fact]
    public async Task Without_json_verbs_speak_to_people()
    {
        await using var program = new ScimProgram();

        var created = await program.RunAsync("org", "create", "acme");
        var listed = await program.RunAsync("org", "list");
        var set = await program.RunAsync("org", "set", "acme", "--strict");

        new[] { created, listed, set }.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(0);
            result.Output.Should().Contain("acme");
            result.Error.Should().BeEmpty();
        });
    }

    [Fact]
    public async Task A_verb_that_fails_says_why_on_one_line_of_standard_error_and_exits_with_1()
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");

        var results = new[]
        {
            await program.RunAsync("org", "create", "ACME", "--json"),
            await program.RunAsync("org", "create", " ", "--json"),
            await program.RunAsync("org", "set", "unknown", "--strict", "--json"),
            await program.RunAsync("org", "set", "acme", "--roles", "boss", "--json"),
            await program.RunAsync("org", "set", "acme", "--email-domain", "not a domain", "--json"),
        };

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.Output.Should().BeEmpty();
            result.ErrorLines.Should().ContainSingle().Which.Should().NotContain("Exception").And.NotContain("   at ");
        });
        (await program.RunJsonAsync("org", "list")).AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task Org_set_changes_the_rules_that_it_names()
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");

        await program.RunJsonAsync("org", "set", "acme", "--email-domain", "a.com", "B.com", "--email-domain", "c.com");
        await program.RunJsonAsync("org", "set", "ACME", "--roles", "boss, staff", "--default-role", "staff");
        var strict = await program.RunJsonAsync("org", "set", "acme", "--strict");
        var lifted = await program.RunJsonAsync("org", "set", "acme", "--email-domain", "", "--strict", "false");

        strict["name"]!.GetValue<string>().Should().Be("acme");
        strict["emailDomains"].ShouldBeJson("""["a.com","b.com","c.com"]""");
        strict["roles"].ShouldBeJson("""["boss","staff"]""");
        strict["defaultRole"]!.GetValue<string>().Should().Be("staff");
        strict["strict"]!.GetValue<bool>().Should().BeTrue();
        lifted["emailDomains"].ShouldBeJson("[]");
        lifted["strict"]!.GetValue<bool>().Should().BeFalse();
    }
}
