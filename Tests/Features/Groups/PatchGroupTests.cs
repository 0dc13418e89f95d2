using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Groups;

public sealed class PatchGroupTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:Group";

    /// <summary>Operations on a group of the users ana and bob and the group sub, and its members afterwards.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        // remove, by a path with a filter
        { """{"op":"remove","path":"members[value eq \"{ana}\"]"}""", "bob sub" },
        { """{"op":"Remove","path":"Members[Value Eq \"{ANA}\"]"}""", "bob sub" },
        { """{"op":"remove","path":"members[value eq\"{ana}\"]"}""", "bob sub" },
        { """{"op":"remove","path":"Core:members[value eq \"{sub}\"]"}""", "ana bob" },
        { """{"op":"remove","path":"members[value eq \"{ana}\" or value eq \"{sub}\"]"}""", "bob" },
        { """{"op":"remove","path":"members[value eq \"{ana}\" and type eq \"User\"]"}""", "bob sub" },
        { """{"op":"remove","path":"members[value ne \"{ana}\"]"}""", "ana" },
        { """{"op":"remove","path":"members[type eq \"Group\"]"}""", "ana bob" },
        { """{"op":"remove","path":"members[type eq \"user\"]"}""", "sub" },
        { """{"op":"remove","path":"members[not (type eq \"User\")]"}""", "ana bob" },
        { """{"op":"remove","path":"members[display eq \"ANA RUIZ\"]"}""", "bob sub" },
        { """{"op":"remove","path":"members[display co \"b\"]"}""", "ana" },
        { """{"op":"remove","path":"members[display co \"b\" and type eq \"Group\"]"}""", "ana bob" },
        { """{"op":"remove","path":"members[$ref eq \"{base}/Users/{ana}\"]"}""", "bob sub" },
        { """{"op":"remove","path":"members[value pr]"}""", "" },

        // remove, by a value
        { """{"op":"remove","path":"members","value":[{"value":"{ana}"},{"value":"{sub}"}]}""", "bob" },
        { """{"op":"Remove","path":"members","value":[{"$ref":null,"value":"{ana}"}]}""", "bob sub" },
        { """{"op":"remove","path":"members","value":[{"value":"{ana}","display":"Somebody else","type":"User"}]}""", "bob sub" },
        { """{"op":"remove","path":"members","value":[{"value":"{ana}"},{"value":"{cy}"},{"value":"nobody"}]}""", "bob sub" },
        { """{"op":"remove","path":"members","value":[{"value":"{ana}"},{"display":"bob"}]}""", "bob sub" },
        { """{"op":"remove","path":"members","value":{"value":"{ana}"}}""", "bob sub" },
        { """{"op":"remove","path":"members","value":["{ana}","{bob}"]}""", "sub" },
        { """{"op":"remove","path":"members","value":"{ana}"}""", "bob sub" },
        { """{"op":"remove","path":"Core:Members","value":["{ANA}"]}""", "bob sub" },

        // remove, all
        { """{"op":"remove","path":"members"}""", "" },
        { """{"op":"REMOVE","path":"MEMBERS","value":null}""", "" },

        // replace
        { """{"op":"replace","path":"members","value":[{"value":"{cy}"},{"value":"{ana}"}]}""", "ana cy" },
        { """{"op":"replace","path":"members","value":[{"value":"{cy}"},{"value":"{CY}"}]}""", "cy" },
        { """{"op":"replace","path":"members","value":{"value":"{other}","type":"Group"}}""", "other" },
        { """{"op":"replace","path":"members","value":"{cy}"}""", "cy" },
        { """{"op":"replace","path":"members","value":["{cy}","{bob}"]}""", "bob cy" },
        { """{"op":"Replace","path":"Core:members","value":[{"value":"{cy}"}]}""", "cy" },
        { """{"op":"replace","path":"members","value":[]}""", "" },
        { """{"op":"replace","path":"members","value":null}""", "" },
        { """{"op":"replace","value":{"members":[{"value":"{cy}"}]}}""", "cy" },
        { """{"op":"replace","value":{"Members":[]}}""", "" },
        { """{"op":"replace","value":{"Core":{"members":[{"value":"{cy}"}]}}}""", "cy" },
        { """{"op":"replace","value":{"Core:members":[{"value":"{cy}"}]}}""", "cy" },

        // add
        { """{"op":"add","path":"members","value":[{"value":"{cy}"}]}""", "ana bob cy sub" },
        { """{"op":"Add","path":"members","value":[{"$ref":null,"value":"{cy}"}]}""", "ana bob cy sub" },
        { """{"op":"add","path":"members","value":[{"value":"{CY}","type":"user","display":"x","$ref":"../Users/1"}]}""", "ana bob cy sub" },
        { """{"op":"add","path":"members","value":[{"value":"{cy}"},{"value":"{ana}"},{"value":"{other}"},{"value":"{cy}"}]}""", "ana bob cy sub other" },
        { """{"op":"add","path":"members","value":{"value":"{cy}"}}""", "ana bob cy sub" },
        { """{"op":"add","path":"members","value":"{cy}"}""", "ana bob cy sub" },
        { """{"op":"add","path":"members","value":["{cy}","{other}"]}""", "ana bob cy sub other" },
        { """{"op":"add","path":"members[value eq \"{cy}\"]","value":{"value":"{cy}","type":"User"}}""", "ana bob cy sub" },
        { """{"op":"add","path":"members[value eq \"{cy}\"]","value":{"display":"Cy"}}""", "ana bob cy sub" },
        { """{"op":"add","value":{"members":[{"value":"{cy}"}]}}""", "ana bob cy sub" },

        // in order, each on what the one before left
        { """{"op":"add","path":"members","value":[{"value":"{cy}"}]},{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"{bob}"}]}""", "bob" },
        { """{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"{cy}"},{"value":"{ana}"}]}""", "ana cy" },
        { """{"op":"replace","path":"members","value":[{"value":"{cy}"}]},{"op":"add","path":"members","value":"{other}"},{"op":"remove","path":"members[value eq \"{cy}\"]"}""", "other" },
        { """{"op":"add","path":"members","value":[{"value":"{cy}"}]},{"op":"remove","path":"members[type eq \"User\"]"}""", "sub" },
        { """{"op":"remove","path":"members[type eq \"Group\"]"},{"op":"add","path":"members","value":[{"value":"{cy}"}]},{"op":"remove","path":"members","value":["{ana}"]}""", "bob cy" },
        { """{"op":"add","path":"members","value":"{cy}"},{"op":"remove","path":"members[display eq \"cy\"]"},{"op":"add","path":"members","value":"{other}"}""", "ana bob sub other" },
        { """{"op":"remove","path":"members[value eq \"{ana}\"]"},{"op":"remove","path":"members[value eq \"{bob}\"]"},{"op":"add","path":"members","value":"{ana}"}""", "ana sub" },
        { """{"op":"remove","path":"members","value":["{ana}"]},{"op":"remove","path":"members"}""", "" },
        { """{"op":"remove","path":"members"},{"op":"add","path":"members","value":"{cy}"},{"op":"remove","path":"members[type eq \"User\"]"}""", "" },
    };

    /// <summary>Operations that leave that group as it is.</summary>
    public static TheoryData<string> Nothings => new()
    {
        "",
        """{"op":"add","path":"members","value":[{"value":"{ana}"}]}""",
        """{"op":"add","path":"members","value":[{"value":"{ANA}","display":"Somebody else","type":"User"},{"value":"{sub}"}]}""",
        """{"op":"add","path":"members","value":[]}""",
        """{"op":"add","path":"members","value":null}""",
        """{"op":"add","value":{"members":null}}""",
        """{"op":"add","path":"members[value eq \"{ana}\"]","value":{"value":"{ana}"}}""",
        """{"op":"replace","path":"members[value eq \"{ana}\"]","value":{"value":"{ana}","type":"User"}}""",
        """{"op":"add","path":"members[value eq \"{cy}\"]","value":null}""",
        """{"op":"add","path":"members[value eq \"{cy}\"]","value":{}}""",
        """{"op":"add","path":"members[value eq \"{cy}\"]","value":[]}""",
        """{"op":"remove","path":"members[value eq \"{cy}\"]"}""",
        """{"op":"remove","path":"members[value eq \"nobody\"]"}""",
        """{"op":"remove","path":"members[value eq \"{ana}\" and type eq \"Group\"]"}""",
        """{"op":"remove","path":"members[type eq \"Device\"]"}""",
        """{"op":"remove","path":"members[display eq \"nobody\"]"}""",
        """{"op":"remove","path":"members[value eq null]"}""",
        """{"op":"remove","path":"members","value":[{"value":"{cy}"},{"value":"nobody"}]}""",
        """{"op":"remove","path":"members","value":"{cy}"}""",
        """{"op":"remove","path":"members","value":[]}""",
        """{"op":"remove","path":"members","value":{}}""",
        """{"op":"remove","path":"members","value":""}""",
        """{"op":"remove","path":"members","value":[null]}""",
        """{"op":"remove","path":"members","value":[{"display":"Ana Ruiz"}]}""",
        """{"op":"replace","path":"members","value":[{"value":"{sub}"},{"value":"{bob}"},{"value":"{ana}"}]}""",
        """{"op":"remove","path":"members"},{"op":"add","path":"members","value":["{ana}","{bob}","{sub}"]}""",
        """{"op":"replace","path":"members","value":[]},{"op":"replace","path":"members","value":["{ana}","{bob}","{sub}"]}""",
        """{"op":"remove","path":"members","value":["{ana}"]},{"op":"add","path":"members","value":["{ana}"]}""",
        """{"op":"remove","path":"members[value eq \"{ana}\"]"},{"op":"add","path":"members","value":["{ana}"]}""",
        """{"op":"add","path":"members","value":["{cy}"]},{"op":"remove","path":"members[value eq \"{cy}\"]"}""",
        """{"op":"remove","path":"members[type eq \"Group\"]"},{"op":"add","path":"members","value":["{sub}"]}""",
        """{"op":"add","path":"members","value":["{cy}"]},{"op":"remove","path":"members[display eq \"cy\"]"}""",
        """{"op":"replace","path":"displayName","value":"Guides"}""",
        """{"op":"replace","path":"displayName","value":"x"},{"op":"replace","path":"displayName","value":"Guides"}""",
        """{"op":"replace","value":{"id":"{guides}","displayName":"Guides","externalId":"e1","schemas":["Core"],"meta":{"resourceType":"Group","location":"{base}/Groups/{guides}"}}}""",
        """{"op":"replace","value":{"unknown":1}}""",
        """{"op":"add","value":{}}""",
    };

    /// <summary>Operations that are refused on that group.</summary>
    public static TheoryData<string, string> Refusals => new()
    {
        { """{"op":"move","path":"members","value":[]}""", "invalidSyntax" },
        { """{"path":"members","value":[]}""", "invalidSyntax" },
        { """{"op":"add","Op":"remove","path":"members","value":[]}""", "invalidSyntax" },
        { """{"op":"add","path":"members"}""", "invalidValue" },
        { """{"op":"replace","path":"members"}""", "invalidValue" },
        { """{"op":"add","path":"members","value":[{"value":"nobody"}]}""", "invalidValue" },
        { """{"op":"replace","path":"members","value":[{"value":"{ana}"},{"value":"nobody"}]}""", "invalidValue" },
        { """{"op":"add","path":"members","value":[{"value":"nobody"}]},{"op":"remove","path":"members"}""", "invalidValue" },
        { """{"op":"add","path":"members","value":[{"value":"{cy}","type":"Group"}]}""", "invalidValue" },
        { """{"op":"add","path":"members","value":[{"value":"{sub}","type":"User"}]}""", "invalidValue" },
        { """{"op":"add","path":"members","value":[{"display":"cy"}]}""", "invalidValue" },
        { """{"op":"add","path":"members","value":7}""", "invalidValue" },
        { """{"op":"add","path":"members","value":[[{"value":"{cy}"}]]}""", "invalidValue" },
        { """{"op":"add","path":"members[value eq \"{cy}\"]","value":7}""", "invalidValue" },
        { """{"op":"add","path":"members[value eq \"nobody\"]","value":{"value":"nobody"}}""", "invalidValue" },
        { """{"op":"remove","path":"members","value":7}""", "invalidValue" },
        { """{"op":"add","path":"members","value":[{"value":"{guides}"}]}""", "invalidValue" },
        { """{"op":"replace","value":{"members":[{"value":"{guides}"}]}}""", "invalidValue" },
        { """{"op":"replace","path":"members[value eq \"{ana}\"].value","value":"{cy}"}""", "mutability" },
        { """{"op":"replace","path":"members[value eq \"{ana}\"].type","value":"Group"}""", "mutability" },
        { """{"op":"replace","path":"members[value eq \"{ana}\"].$ref","value":"x"}""", "mutability" },
        { """{"op":"replace","path":"members[value eq \"{ana}\"].display","value":"x"}""", "mutability" },
        { """{"op":"replace","path":"members.value","value":"{cy}"}""", "mutability" },
        { """{"op":"remove","path":"members.type"}""", "mutability" },
        { """{"op":"remove","path":"members[value eq \"{ana}\"].value"}""", "mutability" },
        { """{"op":"replace","path":"members[value eq \"{ana}\"]","value":{"value":"{cy}"}}""", "mutability" },
        { """{"op":"replace","path":"members[type eq \"User\"]","value":{"value":"{cy}"}}""", "mutability" },
        { """{"op":"remove","path":"members["}""", "invalidPath" },
        { """{"op":"remove","path":"members[]"}""", "" },
        { """{"op":"remove","path":"members[value eq]"}""", "" },
        { """{"op":"remove","path":"members[nothing eq \"x\"]"}""", "" },
        { """{"op":"remove","path":"members[value eq \"{ana}\"] "}""", "invalidPath" },
        { """{"op":"remove","path":"members[0]"}""", "" },
        { """{"op":"remove","path":"members[value eq \"{ana}\"].nothing"}""", "invalidPath" },
        { """{"op":"remove","path":"members.nothing"}""", "invalidPath" },
        { """{"op":"remove","path":"members.value.x"}""", "invalidPath" },
        { """{"op":"add","path":"nothing","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"userName","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"urn:x:unknown:members","value":["{cy}"]}""", "invalidPath" },
        { """{"op":"remove","path":"displayName[value eq \"x\"]"}""", "invalidPath" },
        { """{"op":"remove"}""", "noTarget" },
        { """{"op":"remove","value":{"members":["{ana}"]}}""", "noTarget" },
        { """{"op":"remove","path":"displayName"}""", "mutability" },
        { """{"op":"replace","path":"displayName","value":""}""", "invalidValue" },
        { """{"op":"replace","path":"displayName","value":null}""", "invalidValue" },
        { """{"op":"replace","path":"displayName","value":{"a":1}}""", "invalidValue" },
        { """{"op":"replace","path":"id","value":"x"}""", "mutability" },
        { """{"op":"replace","value":{"id":"{sub}","displayName":"x"}}""", "mutability" },
        { """{"op":"replace","value":{"meta":{"version":"W/\"9\""}}}""", "mutability" },
        { """{"op":"replace","path":"meta.created","value":"2001-01-01T00:00:00Z"}""", "mutability" },
        { """{"op":"remove","path":"schemas"}""", "mutability" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Operations_change_the_members_that_they_name_and_keep_the_rest(string operations, string expected)
    {
        var (client, ids) = await PopulatedAsync();
        var created = await client.GetAsync($"/Groups/{ids["guides"]}");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await client.PatchAsync($"/Groups/{ids["guides"]}", Spelled(ids, operations));

        answer.Status.Should().Be(204, answer.Text);
        answer.Tag.Should().Be("W/\"2\"");
        var read = await client.GetAsync($"/Groups/{ids["guides"]}");
        ids.NamesOf(read.MemberIds()).Should().Be(expected);
        read.Tag.Should().Be("W/\"2\"");
        read.Without("members", "meta").Should().Be(created.Without("members", "meta"));
        read.Body["meta"]!["created"]!.GetValue<string>().Should().Be(created.Body["meta"]!["created"]!.GetValue<string>());
        string.CompareOrdinal(read.LastModified(), created.LastModified()).Should().BePositive();
        foreach (var name in (string[])["ana", "bob", "cy"])
        {
            (await client.GetAsync($"/Users/{ids[name]}")).Body.GroupIds().Contains(ids["guides"]).Should().Be(expected.Split(' ').Contains(name), name);
        }
    }

    [Theory]
    [MemberData(nameof(Nothings))]
    public async Task A_change_that_changes_nothing_keeps_version_and_lastModified(string operations)
    {
        var (client, ids) = await PopulatedAsync();
        var created = await client.GetAsync($"/Groups/{ids["guides"]}");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await client.PatchAsync($"/Groups/{ids["guides"]}", Spelled(ids, operations));

        answer.Status.Should().Be(204, answer.Text);
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Text.Should().Be(created.Text);
        answer.Tag.Should().Be(created.Tag);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_operation_undoes_the_whole_request(string operation, string scimType)
    {
        var (client, ids) = await PopulatedAsync();
        var created = await client.GetAsync($"/Groups/{ids["guides"]}");
        var before = Spelled(ids, """{"op":"replace","path":"displayName","value":"canary"},{"op":"add","path":"members","value":[{"value":"{cy}"}]},{"op":"remove","path":"members[value eq \"{ana}\"]"}""");

        var last = await client.PatchAsync($"/Groups/{ids["guides"]}", $"{before},{Spelled(ids, operation)}");
        var first = await client.PatchAsync($"/Groups/{ids["guides"]}", $"{Spelled(ids, operation)},{before}");

        last.ShouldBeError(400, scimType.Length > 0 ? scimType : last.ScimType);
        first.ShouldBeError(400, scimType.Length > 0 ? scimType : first.ScimType);
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Text.Should().Be(created.Text);
        (await client.FilterGroupsAsync("displayName eq \"canary\"")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_member_that_is_unknown_or_of_another_organization_is_named_and_refused_alike()
    {
        var (client, ids) = await PopulatedAsync();
        var other = await host.CreateOrganizationAsync();
        string[] strangers = ["0199c2a7-0000-7000-8000-000000000000", (await other.CreateUserAsync("foreign")).Id, (await other.CreateGroupAsync("Foreign")).Id];

        var answers = await Task.WhenAll(strangers.Select(id => client.PatchAsync($"/Groups/{ids["guides"]}", $$"""{"op":"add","path":"members","value":[{"value":"{{id}}"},{"value":"{{ids["cy"]}}"}]}""")));

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(400, "invalidValue"));
        answers.Zip(strangers).Select(sent => sent.First.Text.Replace(sent.Second, "ID", StringComparison.Ordinal)).Distinct().Should().ContainSingle().Which.Should().Contain("ID");
        ids.NamesOf((await client.GetAsync($"/Groups/{ids["guides"]}")).MemberIds()).Should().Be("ana bob sub");
    }

    [Fact]
    public async Task DisplayName_externalId_and_members_change_together_as_one_version()
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.PatchAsync($"/Groups/{ids["guides"]}", ids.Fill("""
            {"op":"replace","path":"displayName","value":"Tour Guides"},{"op":"remove","path":"externalId"},
            {"op":"add","path":"members","value":[{"value":"{cy}"}]},{"op":"remove","path":"members[value eq \"{ana}\"]"}
            """));

        answer.Status.Should().Be(204, answer.Text);
        answer.Tag.Should().Be("W/\"2\"");
        var read = await client.GetAsync($"/Groups/{ids["guides"]}");
        read.Without("meta", "members", "id").Should().Be($$"""{"schemas":["{{Core}}"],"displayName":"Tour Guides"}""");
        ids.NamesOf(read.MemberIds()).Should().Be("bob cy sub");
        read.Tag.Should().Be("W/\"2\"");
        (await client.FilterGroupsAsync($"displayName eq \"tour guides\" and members eq \"{ids["cy"]}\"")).TotalResults.Should().Be(1);
        (await client.FilterGroupsAsync("externalId eq \"e1\" or displayName eq \"Guides\"")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("\"  \"", "displayName")]
    [InlineData("\"\\t\"", "displayName")]
    [InlineData("\"LONG\"", "512")]
    public async Task A_displayName_that_no_group_may_have_changes_nothing(string value, string detail)
    {
        var (client, ids) = await PopulatedAsync();
        var created = await client.GetAsync($"/Groups/{ids["guides"]}");

        var answer = await client.PatchAsync(
            $"/Groups/{ids["guides"]}",
            $$"""{"op":"remove","path":"members"},{"op":"replace","path":"displayName","value":{{value.Replace("LONG", new string('x', 513), StringComparison.Ordinal)}}}""");

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain(detail);
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task A_path_less_value_may_repeat_the_id_as_Okta_does()
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.PatchAsync($"/Groups/{ids["guides"]}", ids.Fill("""{"op":"replace","value":{"id":"{guides}","displayName":"Renamed"}}"""));

        answer.Status.Should().Be(204, answer.Text);
        answer.Tag.Should().Be("W/\"2\"");
        var read = await client.GetAsync($"/Groups/{ids["guides"]}");
        read.Body["displayName"]!.GetValue<string>().Should().Be("Renamed");
        read.Body["externalId"]!.GetValue<string>().Should().Be("e1");
        ids.NamesOf(read.MemberIds()).Should().Be("ana bob sub");
    }

    [Fact]
    public async Task The_answer_has_no_body_unless_the_client_asks_for_it()
    {
        var (client, ids) = await PopulatedAsync();
        const string Rename = """{"op":"replace","path":"displayName","value":"NAME"}""";

        var silent = await client.PatchAsync($"/Groups/{ids["guides"]}", Rename);
        var minimal = await client.PatchAsync($"/Groups/{ids["guides"]}", Rename.Replace("NAME", "b", StringComparison.Ordinal), ("Prefer", "return=minimal"));
        var named = await client.PatchAsync($"/Groups/{ids["guides"]}?attributes=displayName", Rename.Replace("NAME", "c", StringComparison.Ordinal));
        var without = await client.PatchAsync($"/Groups/{ids["guides"]}?excludedAttributes=members", Rename.Replace("NAME", "d", StringComparison.Ordinal));
        var preferred = await client.PatchAsync($"/Groups/{ids["guides"]}", Rename.Replace("NAME", "e", StringComparison.Ordinal), ("Prefer", "handling=lenient, return=representation"));
        var unchanged = await client.PatchAsync($"/Groups/{ids["guides"]}", "", ("Prefer", "return=representation"));

        foreach (var answer in (ScimAnswer[])[silent, minimal])
        {
            answer.Status.Should().Be(204, answer.Text);
            answer.Text.Should().BeEmpty();
            answer.ContentHeaders.ContentType.Should().BeNull();
            answer.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/Groups/{ids["guides"]}");
        }

        silent.Tag.Should().Be("W/\"2\"");
        named.Status.Should().Be(200);
        named.Text.Should().Be($$"""{"schemas":["{{Core}}"],"id":"{{ids["guides"]}}","displayName":"c"}""");
        named.Tag.Should().Be("W/\"4\"");
        without.Status.Should().Be(200);
        without.Body["displayName"]!.GetValue<string>().Should().Be("d");
        without.Text.Should().NotContain("members").And.Contain("W/\\\"5\\\"");
        preferred.Status.Should().Be(200);
        ids.NamesOf(preferred.MemberIds()).Should().Be("ana bob sub");
        preferred.Tag.Should().Be("W/\"6\"");
        preferred.Text.Should().Be((await client.GetAsync($"/Groups/{ids["guides"]}")).Text);
        unchanged.Text.Should().Be(preferred.Text);
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_together_change_nothing()
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.PatchAsync($"/Groups/{ids["guides"]}?attributes=id&excludedAttributes=members", """{"op":"remove","path":"members"}""");

        answer.ShouldBeError(400, "invalidValue");
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Tag.Should().Be("W/\"1\"");
    }

    [Fact]
    public async Task A_strict_organization_removes_all_members_where_a_value_names_some()
    {
        var strict = await host.CreateStrictOrganizationAsync();
        var members = await strict.CreateUsersAsync(3);
        var created = await strict.CreateGroupAsync("Guides", members);

        var byFilter = await strict.PatchAsync($"/Groups/{created.Id}", $$"""{"op":"remove","path":"members[value eq \"{{members[0]}}\"]"}""");
        var left = await strict.GetAsync($"/Groups/{created.Id}");
        var byValue = await strict.PatchAsync($"/Groups/{created.Id}", $$"""{"op":"remove","path":"members","value":[{"value":"{{members[1]}}"}]}""");

        byFilter.Status.Should().Be(204);
        left.MemberIds().Should().Equal(members[1..]);
        byValue.Status.Should().Be(204);
        byValue.Tag.Should().Be("W/\"3\"");
        (await strict.GetAsync($"/Groups/{created.Id}")).MemberIds().Should().BeEmpty();
    }

    [Theory]
    [InlineData("", "invalidSyntax")]
    [InlineData("""{"op":"add","path":"members","value":{"value":"{ana}"}}""", "invalidValue")]
    [InlineData("""{"op":"add","path":"members","value":["{ana}"]}""", "invalidValue")]
    [InlineData("""{"op":"add","path":"members","value":"{ana}"}""", "invalidValue")]
    [InlineData("""{"op":"replace","value":{"id":"{guides}","displayName":"x"}}""", "mutability")]
    [InlineData("""{"op":"replace","path":"members[value eq \"{ana}\"]","value":{"value":"{ana}"}}""", "noTarget")]
    public async Task A_strict_organization_understands_no_deviations(string operations, string scimType)
    {
        var strict = await host.CreateStrictOrganizationAsync();
        var created = await strict.CreateGroupAsync("Guides", (await strict.CreateUserAsync("bob")).Id);
        var ids = new NamedIds { ["ana"] = (await strict.CreateUserAsync("ana")).Id, ["guides"] = created.Id };

        var answer = await strict.PatchAsync($"/Groups/{created.Id}", ids.Fill(operations));
        var conformant = await strict.PatchAsync($"/Groups/{created.Id}", ids.Fill("""{"op":"add","path":"members","value":[{"value":"{ana}"}]}"""));

        answer.ShouldBeError(400, scimType);
        conformant.Status.Should().Be(204);
        conformant.Tag.Should().Be("W/\"2\"");
    }

    [Fact]
    public async Task A_group_does_not_come_to_be_in_itself_over_any_number_of_levels()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var bottom = await client.CreateGroupAsync("Bottom", ana.Id);
        var middle = await client.CreateGroupAsync("Middle", bottom.Id);
        var top = await client.CreateGroupAsync("Top", middle.Id);
        var roof = await client.CreateGroupAsync("Roof", top.Id);
        (ScimAnswer Group, ScimAnswer Member)[] cycles = [(bottom, bottom), (bottom, middle), (bottom, top), (bottom, roof), (middle, top), (middle, roof), (roof, roof)];

        foreach (var (group, member) in cycles)
        {
            string[] forms =
            [
                $$"""{"op":"add","path":"members","value":[{"value":"{{member.Id}}"}]}""",
                $$"""{"op":"replace","path":"members","value":[{"value":"{{ana.Id}}"},{"value":"{{member.Id}}"}]}""",
                $$$"""{"op":"remove","path":"members"},{"op":"add","value":{"members":[{"value":"{{{member.Id}}}"}]}}""",
            ];
            foreach (var form in forms)
            {
                var answer = await client.PatchAsync($"/Groups/{group.Id}", form);

                answer.ShouldBeError(400, "invalidValue");
                answer.Detail.Should().Contain("members");
                (await client.GetAsync($"/Groups/{group.Id}")).Text.Should().Be(group.Text);
            }
        }

        // Two ways to one group are no cycle, and what was taken apart may be joined the other way round.
        (await client.PatchAsync($"/Groups/{roof.Id}", $$"""{"op":"add","path":"members","value":["{{bottom.Id}}","{{middle.Id}}"]}""")).Status.Should().Be(204);
        (await client.PatchAsync($"/Groups/{roof.Id}", """{"op":"remove","path":"members"}""")).Status.Should().Be(204);
        (await client.PatchAsync($"/Groups/{bottom.Id}", $$"""{"op":"add","path":"members","value":["{{roof.Id}}"]}""")).Status.Should().Be(204);
        (await client.PatchAsync($"/Groups/{roof.Id}", $$"""{"op":"add","path":"members","value":["{{top.Id}}"]}""")).ShouldBeError(400, "invalidValue");
    }

    [Fact]
    public async Task Two_hundred_and_fifty_six_members_come_and_go_in_one_request_by_one_operation_or_by_one_each()
    {
        var client = await host.CreateOrganizationAsync();
        var members = await client.CreateUsersAsync(256);
        var guides = await client.CreateGroupAsync("Guides");

        var each = await client.PatchAsync($"/Groups/{guides.Id}", string.Join(',', members.Select(id => $$"""{"op":"Add","path":"members","value":[{"$ref":null,"value":"{{id}}"}]}""")));
        var afterEach = await client.GetAsync($"/Groups/{guides.Id}");
        var goneEach = await client.PatchAsync($"/Groups/{guides.Id}", string.Join(',', members[1..].Select(id => $$"""{"op":"remove","path":"members[value eq \"{{id}}\"]"}""")));
        var afterGone = await client.GetAsync($"/Groups/{guides.Id}");
        var once = await client.PatchAsync($"/Groups/{guides.Id}", $$"""{"op":"add","path":"members","value":[{{string.Join(',', members.Select(id => $$"""{"value":"{{id}}"}"""))}}]}""");
        var afterOnce = await client.GetAsync($"/Groups/{guides.Id}");
        var listed = await client.PatchAsync($"/Groups/{guides.Id}", $$"""{"op":"remove","path":"members","value":[{{string.Join(',', members[..255].Select(id => $$"""{"value":"{{id}}"}"""))}}]}""");
        var afterListed = await client.GetAsync($"/Groups/{guides.Id}");

        ((ScimAnswer[])[each, goneEach, once, listed]).Select(answer => $"{answer.Status} {answer.Tag}").Should().Equal("204 W/\"2\"", "204 W/\"3\"", "204 W/\"4\"", "204 W/\"5\"");
        afterEach.MemberIds().Should().Equal(members);
        afterGone.MemberIds().Should().Equal(members[0]);
        afterOnce.MemberIds().Should().Equal(members);
        afterListed.MemberIds().Should().Equal(members[255]);
    }

    [Fact]
    public async Task More_operations_than_the_limit_are_413_and_change_nothing()
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.PatchAsync($"/Groups/{ids["guides"]}", string.Join(',', Enumerable.Repeat("""{"op":"remove","path":"members"}""", 2001)));

        answer.ShouldBeError(413);
        answer.Detail.Should().Contain("2000");
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Tag.Should().Be("W/\"1\"");
    }

    [Fact]
    public async Task A_group_that_does_not_exist_here_is_404()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var foreign = await other.CreateGroupAsync("Guides", (await other.CreateUserAsync("bob")).Id);
        var user = await client.CreateUserAsync("ana");

        foreach (var id in (string[])["unknown", foreign.Id, user.Id])
        {
            (await client.PatchAsync($"/Groups/{id}", """{"op":"remove","path":"members"}""", ("If-Match", "*"))).ShouldBeError(404);
            (await client.PatchAsync($"/Groups/{id}", $$"""{"op":"add","path":"members","value":["{{user.Id}}"]}""")).ShouldBeError(404);
        }

        (await other.GetAsync($"/Groups/{foreign.Id}")).Text.Should().Be(foreign.Text);
    }

    [Theory]
    [InlineData("W/\"1\"", 204)]
    [InlineData("\"1\"", 204)]
    [InlineData("*", 204)]
    [InlineData("\"7\", W/\"1\"", 204)]
    [InlineData("W/\"2\"", 412)]
    [InlineData("\"\"", 412)]
    [InlineData("nonsense", 412)]
    public async Task IfMatch_lets_only_a_version_that_it_names_be_changed(string ifMatch, int status)
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.PatchAsync($"/Groups/{ids["guides"]}", """{"op":"remove","path":"members"}""", ("If-Match", ifMatch));
        var nothing = await client.PatchAsync($"/Groups/{ids["guides"]}", "", ("If-Match", "W/\"9\""));

        answer.Status.Should().Be(status, answer.Text);
        nothing.ShouldBeError(412);
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Tag.Should().Be(status == 204 ? "W/\"2\"" : "W/\"1\"");
    }

    [Theory]
    [InlineData("{\"Operations\":[]}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"Operations\":[{\"op\":\"remove\",\"path\":\"members\"}]}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":{\"op\":\"remove\",\"path\":\"members\"}}")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_body_that_is_no_PatchOp_is_an_invalidSyntax(string body)
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.SendAsync("PATCH", $"/Groups/{ids["guides"]}", body);

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Tag.Should().Be("W/\"1\"");
    }

    [Fact]
    public async Task Every_change_that_eight_clients_make_of_one_group_at_once_is_there_at_the_end()
    {
        var client = await host.CreateOrganizationAsync();
        var comers = await client.CreateUsersAsync(8 * 25, "comer");
        var goers = await client.CreateUsersAsync(40, "goer");
        var created = await client.CreateGroupAsync("Guides", goers);

        var adding = comers.Chunk(25).Select(ids => InTurnAsync(ids, id => $$"""{"op":"add","path":"members","value":[{"value":"{{id}}"}]}"""));
        var removing = goers.Chunk(20).Select(ids => InTurnAsync(ids, id => $$"""{"op":"remove","path":"members[value eq \"{{id}}\"]"}"""));
        var answers = (await Task.WhenAll(adding.Concat(removing))).SelectMany(sent => sent).ToArray();

        answers.Should().HaveCount(240).And.OnlyContain(answer => answer.Status == 204);
        answers.Select(answer => answer.Tag).Should().BeEquivalentTo(Enumerable.Range(2, 240).Select(version => $"W/\"{version}\""));
        var read = await client.GetAsync($"/Groups/{created.Id}");
        read.MemberIds().Should().Equal(comers);
        read.Tag.Should().Be("W/\"241\"");

        async Task<List<ScimAnswer>> InTurnAsync(string[] ids, Func<string, string> operation)
        {
            var sent = new List<ScimAnswer>();
            foreach (var id in ids)
            {
                sent.Add(await client.PatchAsync($"/Groups/{created.Id}", operation(id)));
            }

            return sent;
        }
    }

    [Fact]
    public async Task Clients_that_add_one_member_at_once_make_one_version_of_it()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => client.PatchAsync($"/Groups/{created.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""")));

        answers.Should().OnlyContain(answer => answer.Status == 204 && answer.Tag == "W/\"2\"");
        var read = await client.GetAsync($"/Groups/{created.Id}");
        read.Tag.Should().Be("W/\"2\"");
        read.MemberIds().Should().Equal(ana.Id);
    }

    [Fact]
    public async Task Of_changes_of_one_version_at_once_one_is_made()
    {
        var client = await host.CreateOrganizationAsync();
        var members = await client.CreateUsersAsync(10);
        var created = await client.CreateGroupAsync("Guides");

        var answers = await Task.WhenAll(members.Select(id => client.PatchAsync($"/Groups/{created.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{id}}"}]}""", ("If-Match", created.Tag!))));

        answers.Select(answer => answer.Status).Order().Should().Equal([204, .. Enumerable.Repeat(412, 9)]);
        var read = await client.GetAsync($"/Groups/{created.Id}");
        read.Tag.Should().Be("W/\"2\"");
        read.MemberIds().Should().Equal(members[Array.FindIndex(answers, answer => answer.Status == 204)]);
    }

    [Fact]
    public async Task Of_two_groups_that_are_put_into_each_other_at_once_exactly_one_gets_in()
    {
        var client = await host.CreateOrganizationAsync();
        for (var round = 0; round < 12; round++)
        {
            var a = await client.CreateGroupAsync("A");
            var b = await client.CreateGroupAsync("B");

            var answers = await Task.WhenAll(NestAsync(client, a, b), NestAsync(client, b, a));

            answers.Select(answer => answer.Status).Order().Should().Equal(204, 400);
            answers.Single(answer => answer.Status == 400).ShouldBeError(400, "invalidValue");
            var members = await Task.WhenAll(((ScimAnswer[])[a, b]).Select(group => client.GetAsync($"/Groups/{group.Id}")));
            members.Select(group => group.MemberIds().Length).Order().Should().Equal(0, 1);
            members[Array.FindIndex(answers, answer => answer.Status == 204)].MemberIds().Should().ContainSingle();
        }
    }

    [Fact]
    public async Task Groups_are_inside_one_another_over_fifty_levels_at_most()
    {
        var client = await host.CreateOrganizationAsync();
        var chain = new List<string> { (await client.CreateGroupAsync("0")).Id };
        for (var level = 1; level < 50; level++)
        {
            chain.Add((await client.CreateGroupAsync($"{level}", chain[^1])).Id);
        }

        var above = await client.PostAsync("/Groups", ScimClient.Group("50", chain[^1]));
        var below = await client.PatchAsync($"/Groups/{chain[0]}", $$"""{"op":"add","path":"members","value":[{"value":"{{(await client.CreateGroupAsync("inner")).Id}}"}]}""");
        var beside = await client.PatchAsync($"/Groups/{chain[1]}", $$"""{"op":"add","path":"members","value":[{"value":"{{(await client.CreateGroupAsync("other")).Id}}"}]}""");

        above.ShouldBeError(400, "invalidValue");
        below.ShouldBeError(400, "invalidValue");
        beside.Status.Should().Be(204);
    }

    [Fact]
    public async Task Filters_in_paths_that_look_at_too_many_members_are_413()
    {
        var client = await host.CreateOrganizationAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 60).Select(number => client.CreateUserAsync($"u{number}")));
        var group = await client.CreateGroupAsync("Guides", [.. users.Select(user => user.Id)]);
        var filter = string.Join(" or ", Enumerable.Range(0, 150).Select(number => $"display co \\\"x{number}\\\""));
        var operation = $$"""{"op":"remove","path":"members[{{filter}}]"}""";

        var few = await client.PatchAsync($"/Groups/{group.Id}", operation);
        var many = await client.PatchAsync($"/Groups/{group.Id}", string.Join(',', Enumerable.Repeat(operation, 150)));

        few.Status.Should().Be(204, few.Text);
        many.ShouldBeError(413);
        (await client.GetAsync($"/Groups/{group.Id}")).Text.Should().Be(group.Text);
    }

    [Fact]
    public async Task A_ring_of_groups_is_not_closed_by_many_clients_at_once()
    {
        var client = await host.CreateOrganizationAsync();
        for (var round = 0; round < 5; round++)
        {
            var ring = await Task.WhenAll(Enumerable.Range(0, 5).Select(index => client.CreateGroupAsync($"{index}")));

            var answers = await Task.WhenAll(ring.Select((group, index) => NestAsync(client, group, ring[(index + 1) % ring.Length])));

            answers.Select(answer => answer.Status).Order().Should().Equal(204, 204, 204, 204, 400);
        }
    }

    private static Task<ScimAnswer> NestAsync(ScimClient client, ScimAnswer group, ScimAnswer member) =>
        client.PatchAsync($"/Groups/{group.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{member.Id}}"}]}""");

    /// <summary>A group <c>guides</c> of the users ana and bob and the group sub, and beside it the user cy and the group other.</summary>
    private async Task<(ScimClient Client, NamedIds Ids)> PopulatedAsync()
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new NamedIds { ["base"] = client.BaseUrl };
        ids["ana"] = (await client.CreateUserAsync("a.ruiz", "\"displayName\":\"Ana Ruiz\"")).Id;
        ids["ANA"] = ids["ana"].ToUpperInvariant();
        ids["bob"] = (await client.CreateUserAsync("bob")).Id;
        ids["cy"] = (await client.CreateUserAsync("cy")).Id;
        ids["CY"] = ids["cy"].ToUpperInvariant();
        ids["sub"] = (await client.CreateGroupAsync("Sub")).Id;
        ids["other"] = (await client.CreateGroupAsync("Other")).Id;
        var body = ScimClient.Group("Guides", ids["sub"], ids["bob"], ids["ana"]).Replace("\"displayName\"", "\"externalId\":\"e1\",\"displayName\"", StringComparison.Ordinal);
        ids["guides"] = (await client.PostAsync("/Groups", body)).Id;
        return (client, ids);
    }

    private static string Spelled(NamedIds ids, string operations) => ids.Fill(operations)
        .Replace("\"Core\"", $"\"{Core}\"", StringComparison.Ordinal)
        .Replace("\"Core:", $"\"{Core}:", StringComparison.Ordinal);
}
