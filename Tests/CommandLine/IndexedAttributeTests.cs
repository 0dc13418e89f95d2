using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

/// <summary><c>org set NAME --index ATTR</c>.</summary>
public sealed class IndexedAttributeTests
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private const string Token = "bootstrap-token-of-these-tests-0123456789abcdef";

    [Fact]
    public async Task Marked_attributes_are_looked_up_while_the_server_runs_and_forgotten_again()
    {
        await using var program = await StartAsync();
        var client = program.CreateClient(Token);
        for (var number = 0; number < 30; number++)
        {
            await client.CreateUserAsync(
                $"user{number}",
                $$$"""
                "title":"Title {{{number % 3}}}","phoneNumbers":[{"value":"+{{{number}}}","type":"work"}],"{{{Enterprise}}}":{"department":"D{{{number % 5}}}","manager":{"value":"m{{{number % 2}}}"}}
                """);
        }

        var marked = await program.RunJsonAsync("org", "set", "default", "--index", "TITLE", "department", "phoneNumbers", $"{Enterprise}:manager.value");
        await Task.Delay(1000);

        marked["indexed"]!.ToJsonString().Should().Be($"[\"title\",\"{Enterprise}:department\",\"phoneNumbers.value\",\"{Enterprise}:manager.value\"]");
        (await client.FilterAsync("title eq \"TITLE 1\"")).TotalResults.Should().Be(10);
        (await client.FilterAsync("title sw \"title\"")).TotalResults.Should().Be(30);
        (await client.FilterAsync("department eq \"d4\" and title eq \"title 0\"")).TotalResults.Should().Be(2);
        (await client.FilterAsync("phoneNumbers.value eq \"+7\"")).UserNames.Should().Equal("user7");
        (await client.FilterAsync("manager eq \"m1\"")).TotalResults.Should().Be(15);
        Values(program).Should().Be(30 * 4);

        var added = await client.CreateUserAsync("late", "\"title\":\"Title 1\"");
        await client.PatchAsync($"/Users/{added.Id}", """{"op":"replace","path":"title","value":"Chief"}""");
        (await client.FilterAsync("title eq \"title 1\"")).TotalResults.Should().Be(10);
        (await client.FilterAsync("title eq \"chief\"")).UserNames.Should().Equal("late");

        var fewer = await program.RunJsonAsync("org", "set", "default", "--index", "title");
        fewer["indexed"]!.ToJsonString().Should().Be("[\"title\"]");
        Values(program).Should().Be(31);
        (await client.FilterAsync("department eq \"d4\"")).TotalResults.Should().Be(6);

        var none = await program.RunJsonAsync("org", "set", "default", "--index", "");
        none["indexed"]!.ToJsonString().Should().Be("[]");
        Values(program).Should().Be(0);
        (await client.FilterAsync("title eq \"chief\"")).UserNames.Should().Equal("late");
    }

    [Theory]
    [InlineData("favouriteColour", "no attribute 'favouriteColour'")]
    [InlineData("userName", "in any case")]
    [InlineData("emails", "in any case")]
    [InlineData("role", "would not help")]
    [InlineData("meta.lastModified", "would not help")]
    [InlineData("password", "would not help")]
    [InlineData("name", "such as name.familyName")]
    [InlineData(Enterprise, "such as name.familyName")]
    public async Task What_cannot_be_marked_is_said_on_one_line_and_changes_nothing(string attribute, string reason)
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");
        await program.RunJsonAsync("org", "set", "acme", "--index", "title");

        var result = await program.RunAsync("org", "set", "acme", "--index", "nickName", attribute);

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle().Which.Should().Contain(reason);
        (await program.RunJsonAsync("org", "set", "acme"))["indexed"]!.ToJsonString().Should().Be("[\"title\"]");
    }

    [Fact]
    public async Task An_import_keeps_what_is_marked_and_fills_it_in()
    {
        await using var program = await StartAsync();
        await program.CreateClient(Token).CreateUserAsync("ana", "\"title\":\"Lead\"");
        await program.RunJsonAsync("org", "set", "default", "--index", "title");
        var file = Path.Combine(program.Folder, "export.jsonl");
        await program.RunJsonAsync("export", "default", file);
        await using var other = new ScimProgram();
        other["ScimSlice__Bootstrap__Organization"] = "elsewhere";
        await other.RunJsonAsync("import", file);
        var token = (await other.RunJsonAsync("token", "create", "default", "--name", "test"))["token"]!.GetValue<string>();
        await other.ServeAsync();

        (await other.CreateClient(token).FilterAsync("title eq \"lead\"")).UserNames.Should().Equal("ana");
        Values(other).Should().Be(1);
    }

    [Fact]
    public async Task Values_of_more_users_than_one_batch_are_filled_in()
    {
        await using var started = await StartedHost.StartAsync();
        var host = started.Value;
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("first", "\"title\":\"x\"");
        using var database = host.OpenDatabase();
        var organizationId = database.QuerySingle<string>("select id from organizations where name = @Organization", new { client.Organization });
        var count = (FillIndex.BatchSize * 2) + 1;
        database.Execute(
            """
            insert into users (organization_id, id, version, created_at, last_modified_at, user_name_key, active, document, search)
            select organization_id, 'x' || n, version, created_at, last_modified_at, 'x' || n, active, document, search
            from users, (with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < @count) select n from numbers) numbers
            where organization_id = @organizationId
            """,
            new { organizationId, count });

        var index = await host.SendAsync(new IndexAttributes.Command(client.Organization, ["title"]));
        var batches = 0;
        for (var last = ""; last is not null; batches++)
        {
            last = await host.SendAsync(new FillIndex.Command(organizationId, "title", last));
        }

        index.Added.Should().Equal("title");
        batches.Should().Be(4, "two full ones, the rest, and one that finds nothing more");
        database.ExecuteScalar<long>("select count(*) from user_lookups where attribute = 'title'").Should().Be(count + 1);
        (await host.SendAsync(new DropIndex.Command(organizationId, "title"))).Should().BeFalse();
    }

    [Fact]
    public async Task A_removal_that_is_broken_off_leaves_nothing_wrong_and_is_taken_up_again()
    {
        await using var started = await StartedHost.StartAsync();
        var host = started.Value;
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("first", "\"title\":\"old\"");
        using var database = host.OpenDatabase();
        var id = database.QuerySingle<string>("select id from organizations where name = @Organization", new { client.Organization });
        await host.SendAsync(new IndexAttributes.Command(id, ["title"]));
        await host.SendAsync(new FillIndex.Command(id, "title", ""));
        await host.SendAsync(new ChangeOrganization.Command(id, Indexed: ["title"]));
        database.Execute(
            """
            insert into user_lookups (organization_id, attribute, value_key, id, type_key)
            select @id, 'title', 'v' || n, 'x' || n, '' from (with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < @count) select n from numbers) numbers
            """,
            new { id, count = DropIndex.BatchSize + 5 });

        var used = () => host.SendAsync(new DropIndex.Command(id, "title"));
        await used.Should().ThrowAsync<ScimSlice.Infrastructure.Scim.Protocol.ScimException>("filters use it");
        await host.SendAsync(new ChangeOrganization.Command(id, Indexed: []));
        (await host.SendAsync(new DropIndex.Command(id, "title"))).Should().BeTrue();
        await client.PatchAsync($"/Users/{user.Id}", """{"op":"replace","path":"title","value":"new"}""");
        (await host.SendAsync(new IndexAttributes.Command(id, []))).Dropped.Should().Equal("title");
        (await host.SendAsync(new DropIndex.Command(id, "title"))).Should().BeFalse();
        database.ExecuteScalar<long>("select count(*) from user_lookups where attribute = 'title'").Should().Be(0);
        (await host.SendAsync(new IndexAttributes.Command(id, ["title"]))).Added.Should().Equal("title");
        await host.SendAsync(new FillIndex.Command(id, "title", ""));
        await host.SendAsync(new ChangeOrganization.Command(id, Indexed: ["title"]));
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        (await client.FilterAsync("title eq \"old\"")).TotalResults.Should().Be(0);
        (await client.FilterAsync("title eq \"new\"")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task What_another_command_unmarked_is_not_used_by_filters()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();

        var unmarked = () => started.Value.SendAsync(new ChangeOrganization.Command(client.Organization, Indexed: ["title"]));

        (await unmarked.Should().ThrowAsync<ScimSlice.Infrastructure.Scim.Protocol.ScimException>()).Which.Detail.Should().Contain("title");
    }

    private static async Task<ScimProgram> StartAsync()
    {
        var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Token;
        await program.ServeAsync();
        return program;
    }

    private static long Values(ScimProgram program)
    {
        using var database = program.Database.Open();
        return database.ExecuteScalar<long>("select count(*) from user_lookups where attribute <> 'emails.value'");
    }
}
