using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class ImportOrganizationTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Rich =
        """
        "externalId":"e1","displayName":"Ana Rüiz","title":"Lead","nickName":"A \"quoted\"\nline \u00e9 😀","active":false,"role":"guest",
        "name":{"givenName":"Ana","familyName":"Ruíz","honorificPrefix":"Dr."},
        "emails":[{"value":"a@x.com","type":"work","primary":true},{"value":"b@x.com","type":"home"}],
        "addresses":[{"type":"work","locality":"Köln","primary":true}],"x509Certificates":[{"value":"MIIDQzCC"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"7","manager":{"value":"42"}}
        """;

    [Fact]
    public async Task An_import_on_another_database_keeps_ids_versions_times_rules_tombstones_and_tokens()
    {
        var before = await host.CreateOrganizationAsync();
        var ana = await before.CreateUserAsync("Ana", Rich);
        await before.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Head"}""");
        var gone = await before.CreateUserAsync("gone", "\"title\":\"Was\"");
        await before.DeleteAsync($"/Users/{gone.Id}");
        await host.ChangeRulesAsync(before, emailDomains: ["later.com"], roles: ["owner", "staff"], defaultRole: "staff");
        var exported = await Transfer.ExportAsync(host, before.Organization, secrets: true);
        await using var started = await StartedHost.StartAsync();

        var result = await Transfer.ImportAsync(started.Value, exported);

        result.Counts.Should().Equal(new Dictionary<string, long> { ["token"] = 1, ["user"] = 1, ["deletedUser"] = 1 });
        var after = started.Value.Reconnect(before);
        (await after.GetAsync($"/Users/{ana.Id}")).Text.Should().Be((await before.GetAsync($"/Users/{ana.Id}")).Text.Replace(before.BaseUrl, after.BaseUrl, StringComparison.Ordinal));
        (await after.GetAsync("/Users")).TotalResults.Should().Be(1);
        (await after.FilterAsync("userName eq \"ANA\" and externalId eq \"e1\" and displayName eq \"ana rüiz\" and emails[type eq \"home\"]")).TotalResults.Should().Be(1);
        (await after.GetAsync($"/Users/{gone.Id}")).ShouldBeError(404);
        (await after.PostAsync("/Users", ScimClient.User("new@elsewhere.com"))).ShouldBeError(400, "invalidValue");
        (await after.CreateUserAsync("new@later.com")).Body["role"]!.GetValue<string>().Should().Be("staff");
        (await started.Value.SendAsync(new RestoreUser.Command(before.Organization, gone.Id))).Version.Should().Be(2);
        (await after.GetAsync($"/Users/{gone.Id}")).Body["title"]!.GetValue<string>().Should().Be("Was");
    }

    [Fact]
    public async Task Groups_keep_ids_versions_members_and_roles_and_who_is_restored_comes_back_to_them()
    {
        var before = await host.CreateOrganizationAsync();
        var (ana, gone) = (await before.CreateUserAsync("ana"), await before.CreateUserAsync("gone"));
        var inner = await before.CreateGroupAsync("Inner", ana.Id, gone.Id);
        var outer = await before.CreateGroupAsync("Outer", inner.Id);
        await before.PatchAsync($"/Groups/{outer.Id}", """{"op":"replace","path":"displayName","value":"Öuter"}""");
        await before.DeleteAsync($"/Users/{gone.Id}");
        await host.SendAsync(new AssignRole.Command(before.Organization, outer.Id, "administrator"));
        var exported = await Transfer.ExportAsync(host, before.Organization, secrets: true);
        await using var started = await StartedHost.StartAsync();

        await Transfer.ImportAsync(started.Value, exported);

        var after = started.Value.Reconnect(before);
        foreach (var path in (string[])["/Groups", $"/Groups/{inner.Id}", $"/Groups/{outer.Id}", $"/Users/{ana.Id}"])
        {
            (await after.GetAsync(path)).Text.Should().Be((await before.GetAsync(path)).Text.Replace(before.BaseUrl, after.BaseUrl, StringComparison.Ordinal));
        }

        (await started.Value.SendAsync(new ShowUser.Query(before.Organization, "ana"))).EffectiveRole.Should().Be("administrator");
        await started.Value.SendAsync(new RestoreUser.Command(before.Organization, gone.Id));
        (await after.GetAsync($"/Groups/{inner.Id}")).Body["members"]!.AsArray().Should().HaveCount(2);
        var again = Transfer.Lines(await Transfer.ExportAsync(host, before.Organization));
        Transfer.Text(again[1..^1]).Should().Be(Transfer.Text(Transfer.Lines(exported).Where(line => line["kind"]!.GetValue<string>() is not ("organization" or "token" or "end"))));
    }

    [Fact]
    public async Task A_membership_that_would_close_a_circle_is_refused_with_its_line()
    {
        var client = await host.CreateOrganizationAsync();
        var inner = await client.CreateGroupAsync("Inner");
        await client.CreateGroupAsync("Outer", inner.Id);
        var lines = Transfer.Lines(Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization))).ToList();
        var membership = lines.Single(line => line["kind"]!.GetValue<string>() == "membership");
        var back = membership.DeepClone().AsObject();
        (back["group"], back["members"]) = (membership["members"]![0]!.DeepClone(), new JsonArray(membership["group"]!.DeepClone()));
        lines.Insert(lines.IndexOf(membership) + 1, back);

        await ShouldBeRefusedAsync(Transfer.Text(lines), "Line 5", "cannot be a member");
    }

    [Fact]
    public async Task What_was_imported_exports_to_the_same_lines()
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, strict: true);
        client = await host.CreateTokenAsync(client.Organization);
        await client.CreateUserAsync("Ana", Rich.Replace("\"title\":\"Lead\"", "\"title\":\"\"", StringComparison.Ordinal));
        await client.CreateUserAsync("bob");
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("gone")).Id}");
        var exported = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization));

        var imported = await Transfer.ImportAsync(host, exported);

        var again = Transfer.Lines(await Transfer.ExportAsync(host, imported.Organization.Id));
        Transfer.Text(again[1..]).Should().Be(Transfer.Text(Transfer.Lines(exported)[1..]));
    }

    [Theory]
    [InlineData(1, "created", "9999-12-31T23:59:59.999Z", "future")]
    [InlineData(1, "lastModified", "9999-12-31T23:59:59.999Z", "future")]
    [InlineData(1, "lastModified", "2001-01-01T00:00:00.000Z", "no earlier than created")]
    [InlineData(1, "resourceType", "Group", "that of a User")]
    [InlineData(2, "deletedAt", "9999-12-31T23:59:59.999Z", "future")]
    public async Task What_cannot_have_happened_is_refused_with_its_line(int line, string member, string value, string says)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("gone")).Id}");
        var lines = Transfer.Lines(Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization)));
        var changed = member == "deletedAt" ? lines[line] : lines[line]["resource"]!["meta"]!.AsObject();
        changed[member] = value;

        var importing = () => Transfer.ImportAsync(host, Transfer.Text(lines));

        (await importing.Should().ThrowAsync<ScimException>()).Which.Message.Should().StartWith($"Line {line + 1}: ").And.Contain(says);
    }

    [Fact]
    public async Task Export_and_import_tell_each_line_that_they_have_done()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        var (written, read) = (new List<long>(), new List<long>());
        using var output = new MemoryStream();

        await host.SendAsync(new ExportOrganization.Query(client.Organization, Secrets: false, output, written.Add));
        using var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Transfer.AsAnother(System.Text.Encoding.UTF8.GetString(output.ToArray()))));
        await host.SendAsync(new ImportOrganization.Command(input, null, read.Add));

        written.Should().Equal(1, 2);
        read.Should().Equal(2, 3);
    }

    [Fact]
    public async Task A_user_who_says_nothing_of_active_is_imported_as_active()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        var lines = Transfer.Lines(Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization)));
        lines[1]["resource"]!.AsObject().Remove("active");

        var imported = await Transfer.ImportAsync(host, Transfer.Text(lines));

        var found = await (await host.CreateTokenAsync(imported.Organization.Name)).FilterAsync("active eq true and active pr");
        found.TotalResults.Should().Be(1);
        found.Resources[0]!["active"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task A_name_in_the_form_of_an_id_is_refused()
    {
        var client = await host.CreateOrganizationAsync();
        var exported = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization));
        var other = Transfer.Lines(exported)[0]["id"]!.GetValue<string>();

        var importing = () => Transfer.ImportAsync(host, exported, other);

        (await importing.Should().ThrowAsync<ScimException>()).Which.Message.Should().Contain("form of an id");
    }

    [Fact]
    public async Task An_organization_that_is_here_already_is_refused_and_left_alone()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        var exported = await Transfer.ExportAsync(host, client.Organization);
        var copy = Transfer.AsAnother(exported);

        var sameId = () => Transfer.ImportAsync(host, exported, "another name");
        var sameName = () => Transfer.ImportAsync(host, copy, other.Organization.ToUpperInvariant());

        (await sameId.Should().ThrowAsync<ScimException>()).Which.Message.Should().Contain(client.Organization).And.Contain("already");
        (await sameName.Should().ThrowAsync<ScimException>()).Which.Message.Should().Contain("--as");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
        (await other.GetAsync("/Users")).TotalResults.Should().Be(0);
        (await Transfer.ImportAsync(host, copy, "free name")).Organization.Name.Should().Be("free name");
    }

    [Fact]
    public async Task A_token_that_opens_an_organization_here_is_refused()
    {
        var client = await host.CreateOrganizationAsync();
        var exported = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization, secrets: true));

        await ShouldBeRefusedAsync(exported, "Line 2: There is this token already");
    }

    [Fact]
    public async Task A_file_that_was_cut_off_anywhere_is_refused()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        var lines = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization)).Split('\n')[..^1];

        for (var kept = 0; kept < lines.Length; kept++)
        {
            await ShouldBeRefusedAsync(string.Concat(lines[..kept].Select(line => $"{line}\n")), "cut off");
            await ShouldBeRefusedAsync(string.Join('\n', lines[..kept].Append(lines[kept][..(lines[kept].Length / 2)])), $"Line {kept + 1} ");
        }

        await ShouldBeRefusedAsync(string.Join('\n', lines.Where((_, index) => index != 1)), "Line 3: The file has 1 lines of the kind 'user' and says that it has 2");
        await ShouldBeRefusedAsync(string.Join('\n', lines.Append(lines[1])), "Line 5: It stands behind the end");
        (await Transfer.ImportAsync(host, string.Join("\r\n", lines))).Counts["user"].Should().Be(2);
    }

    /// <summary>Changes to the line of a user, each of which no client could have made, and what the refusal says.</summary>
    public static TheoryData<string, string> BadLines => new()
    {
        { """{"kind":"user"}""", "resource" },
        { """{"kind":"user","resource":[]}""", "resource" },
        { """{"kind":"device","resource":{}}""", "kind 'device'" },
        { """{"kind":"group","resource":{}}""", "meta" },
        { """{"kind":"membership","group":"01a20b8d-5491-7ed0-9c13-76e0649aee37","members":["01a20b8d-5491-7ed0-9c13-76e0649aee37"]}""", "group" },
        { """{"kind":"membership","group":"01a20b8d-5491-7ed0-9c13-76e0649aee37","members":[]}""", "members" },
        { """{"kind":"deletedMembership","group":"01a20b8d-5491-7ed0-9c13-76e0649aee37","user":"01a20b8d-5491-7ed0-9c13-76e0649aee37"}""", "deleted user" },
        { """{"kind":"roleMapping","group":"01a20b8d-5491-7ed0-9c13-76e0649aee37","role":"owner"}""", "group" },
        { """{"kind":7}""", "kind" },
        { "[]", "no JSON object" },
        { "{", "not valid JSON" },
        { """{"resource":{"id":"../x"}}""", "id" },
        { """{"resource":{"id":"01A20B8D-5F55-7F90-82A8-BC46A4AE4899"}}""", "id" },
        { """{"resource":{"id":null}}""", "id" },
        { """{"resource":{"meta":null}}""", "meta" },
        { """{"resource":{"meta":{"version":"W/\"0\"","created":"2026-11-23T10:00:00.000Z","lastModified":"2026-11-23T10:00:00.000Z"}}}""", "version" },
        { """{"resource":{"meta":{"version":"7","created":"2026-11-23T10:00:00.000Z","lastModified":"2026-11-23T10:00:00.000Z"}}}""", "version" },
        { """{"resource":{"meta":{"version":"W/\"9223372036854775807\"","created":"2026-11-23T10:00:00.000Z","lastModified":"2026-11-23T10:00:00.000Z"}}}""", "version" },
        { """{"resource":{"meta":{"version":"W/\"1\"","created":"yesterday","lastModified":"2026-11-23T10:00:00.000Z"}}}""", "created" },
        { """{"resource":{"meta":{"version":"W/\"1\"","created":"2026-11-23T10:00:00.000Z","lastModified":"2026-11-23T10:00:00Z"}}}""", "lastModified" },
        { """{"resource":{"userName":null}}""", "userName" },
        { """{"resource":{"userName":" "}}""", "userName" },
        { """{"resource":{"userName":"a\u200bna"}}""", "U+200B" },
        { """{"resource":{"active":"yes"}}""", "active" },
        { """{"resource":{"active":"True"}}""", "active" },
        { """{"resource":{"emails":{"value":"a@x.com"}}}""", "emails" },
        { """{"resource":{"emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}}""", "primary" },
        { """{"resource":{"favouriteColour":"red"}}""", "favouriteColour" },
        { """{"resource":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"shoeSize":"42"}}}""", "shoeSize" },
        { """{"resource":{"schemas":[]}}""", "schemas" },
        { """{"resource":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:other"]}}""", "schemas" },
    };

    [Theory]
    [MemberData(nameof(BadLines))]
    public async Task A_line_that_no_client_could_have_made_is_refused_with_its_number_and_nothing_is_imported(string change, string says)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        var lines = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization)).Split('\n');
        lines[2] = change.StartsWith("{\"resource", StringComparison.Ordinal) ? Changed(lines[2], change) : change;

        await ShouldBeRefusedAsync(string.Join('\n', lines), "Line 3", says);
    }

    [Theory]
    [InlineData("""{"format":2}""", "format")]
    [InlineData("""{"format":null}""", "format")]
    [InlineData("""{"kind":"user"}""", "no export")]
    [InlineData("""{"id":"acme"}""", "id")]
    [InlineData("""{"name":" "}""", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"createdAt":"now"}""", "createdAt")]
    [InlineData("""{"settings":null}""", "settings")]
    [InlineData("""{"settings":{"roles":[]}}""", "roles")]
    [InlineData("""{"settings":{"roles":[null]}}""", "role")]
    [InlineData("""{"settings":{"roles":["a"],"defaultRole":"b"}}""", "default role")]
    [InlineData("""{"settings":{"roles":["member","Member"]}}""", "twice")]
    [InlineData("""{"settings":{"emailDomains":["not a domain"]}}""", "domain")]
    [InlineData("""{"settings":{"emailDomains":[null]}}""", "domain")]
    [InlineData("""{"settings":{"strict":"yes"}}""", "settings")]
    public async Task A_header_that_makes_no_organization_is_refused(string change, string says)
    {
        var client = await host.CreateOrganizationAsync();
        var lines = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization)).Split('\n');
        var header = JsonNode.Parse(lines[0])!.AsObject();
        Merge(header, JsonNode.Parse(change)!.AsObject());
        lines[0] = header.ToJsonString();

        await ShouldBeRefusedAsync(string.Join('\n', lines), "Line 1", says);
    }

    [Fact]
    public async Task Users_that_cannot_stand_beside_each_other_are_refused_with_the_line_of_the_second()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var gone = await client.CreateUserAsync("gone");
        await client.DeleteAsync($"/Users/{gone.Id}");
        var lines = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization)).Split('\n');
        var other = Guid.NewGuid().ToString();

        await ShouldBeRefusedAsync(With(2, Changed(lines[1], $$$"""{"resource":{"id":"{{{other}}}","userName":"ANA"}}""")), "Line 3: The userName is that of the user", ana.Id);
        await ShouldBeRefusedAsync(With(2, Changed(lines[1], """{"resource":{"userName":"eve"}}""")), $"Line 3: The id {ana.Id} stands on an earlier line");
        await ShouldBeRefusedAsync(With(3, Changed(lines[2], $$$"""{"resource":{"id":"{{{ana.Id}}}"}}""")), $"Line 4: The id {ana.Id} stands on an earlier line");
        await ShouldBeRefusedAsync(With(3, lines[2]), $"Line 4: The id {gone.Id} stands on an earlier line");
        await ShouldBeRefusedAsync(With(3, Changed(lines[1], $$$"""{"resource":{"id":"{{{other}}}","userName":"eve"}}""")), "Line 4: The lines of the kind 'user' stand before");

        string With(int place, string line) => string.Join('\n', lines.Take(place).Append(line).Concat(lines.Skip(place)));
    }

    [Fact]
    public async Task Of_those_that_import_one_file_at_once_one_does()
    {
        var client = await host.CreateOrganizationAsync();
        for (var index = 0; index < 30; index++)
        {
            await client.CreateUserAsync($"u{index}");
        }

        var exported = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await Transfer.ImportAsync(host, exported);
                return 200;
            }
            catch (ScimException refused)
            {
                return refused.Status;
            }
        }));

        outcomes.Order().Should().Equal(200, 409, 409, 409);
        var imported = await host.CreateTokenAsync(Transfer.Lines(exported)[0]["name"]!.GetValue<string>());
        (await imported.GetAsync("/Users?count=0")).TotalResults.Should().Be(30);
    }

    [Fact]
    public async Task A_line_longer_than_any_user_is_refused()
    {
        var client = await host.CreateOrganizationAsync();
        var lines = Transfer.AsAnother(await Transfer.ExportAsync(host, client.Organization)).Split('\n');
        lines[1] = $$"""{"kind":"user","resource":"{{new string('x', 3 * 1024 * 1024)}}"}""";

        await ShouldBeRefusedAsync(string.Join('\n', lines), "Line 2 has more than");
    }

    [OnPostgresFact]
    public async Task An_organization_moves_from_PostgreSQL_to_SQLite_and_back()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("Ana", Rich);
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("gone")).Id}");
        var exported = await Transfer.ExportAsync(host, client.Organization, secrets: true);
        var folder = Directory.CreateTempSubdirectory("scimslice-sqlite-").FullName;
        await using (var sqlite = await StartedHost.StartAsync(
            "--ScimSlice:Database:Provider", "Sqlite", "--ScimSlice:Database:ConnectionString", $"Data Source={Path.Combine(folder, "scimslice.db")}"))
        {
            await Transfer.ImportAsync(sqlite.Value, exported);
            var there = sqlite.Value.Reconnect(client);
            (await there.GetAsync("/Users")).Text.Should().Be((await client.GetAsync("/Users")).Text.Replace(client.BaseUrl, there.BaseUrl, StringComparison.Ordinal));
            exported = await Transfer.ExportAsync(sqlite.Value, client.Organization);
        }

        Directory.Delete(folder, recursive: true);
        var back = await Transfer.ImportAsync(host, Transfer.AsAnother(exported));

        var again = Transfer.Lines(await Transfer.ExportAsync(host, back.Organization.Id));
        Transfer.Text(again[1..]).Should().Be(Transfer.Text(Transfer.Lines(exported)[1..]));
    }

    /// <summary>The import says all of this in one line, and there is no organization of that id or name afterwards.</summary>
    private async Task ShouldBeRefusedAsync(string text, params string[] says)
    {
        var before = await host.SendAsync(new ListOrganizations.Query());

        var importing = () => Transfer.ImportAsync(host, text);

        (await importing.Should().ThrowAsync<ScimException>()).Which.Message.Should().ContainAll(says).And.NotContain("\n");
        (await host.SendAsync(new ListOrganizations.Query())).Should().BeEquivalentTo(before);
    }

    private static string Changed(string line, string change)
    {
        var changed = JsonNode.Parse(line)!.AsObject();
        Merge(changed["resource"]!.AsObject(), JsonNode.Parse(change)!["resource"]!.AsObject());
        return changed.ToJsonString();
    }

    private static void Merge(JsonObject target, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            target[name] = value?.DeepClone();
        }
    }
}
