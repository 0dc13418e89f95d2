using System.Text.Json.Nodes;

namespace ScimSlice.Tests.Faults;

/// <summary>The changes that are made under every fault. A new kind of change joins all fault tests by a line in this table.</summary>
internal static class FaultOperations
{
    public static IReadOnlyList<FaultOperation> All { get; } =
    [
        new("POST a user", 4, CreateUser),
        new("PATCH a value", 4, client => Patch(client, """{"op":"replace","path":"title","value":"@"}""", user => user["title"] = client.LastWord)),
        new("PATCH one more e-mail address", 3, client => Patch(client, """{"op":"add","path":"emails","value":[{"value":"@@x.com"}]}""", user => AddEmail(user, client.LastWord))),
        new("PATCH active", 2, client => Patch(client, """{"op":"replace","path":"active","value":!}""", user => user["active"] = !user["active"]!.GetValue<bool>())),
        new("PATCH userName and externalId", 2, client => Patch(client, """{"op":"replace","value":{"userName":"@","externalId":"@"}}""", Rename(client))),
        new("PUT a user", 3, ReplaceUser),
        new("DELETE a user", 2, DeleteUser),
        new("POST a group", 2, CreateGroup),
        new("PATCH one more member", 3, AddMember),
        new("PATCH one member less", 2, RemoveMember),
        new("PATCH displayName and all members", 1, ReplaceMembers),
        new("PUT a group", 1, ReplaceGroup),
        new("DELETE a group", 1, DeleteGroup),
        new("Bulk of a new user, a changed one and a changed group", 2, RunBulk),
    ];

    private static PlannedChange CreateUser(FaultClient client)
    {
        var word = client.NextWord();
        var user = new FaultResource("/Users", word);
        var state = ResourceState.Absent.With(attributes => Fill(attributes, word));
        client.Resources.Add(user);
        return PlannedChange.Of("POST", "/Users", Body(state), 201, user, state.With(attributes => attributes["role"] = "member") with { Version = 1 });
    }

    /// <summary>A PATCH of one of the client's users; <c>@</c> stands for a new word, <c>!</c> for the other value of <c>active</c>.</summary>
    private static PlannedChange? Patch(FaultClient client, string operation, Action<JsonObject> change)
    {
        if (client.PickResource("/Users") is not { } user)
        {
            return null;
        }

        var word = client.NextWord();
        var active = user.Acknowledged.Attributes!["active"]!.GetValue<bool>();
        var text = operation.Replace("@@", $"{word}@", StringComparison.Ordinal).Replace("\"@\"", $"\"{word}\"", StringComparison.Ordinal)
            .Replace("!", active ? "false" : "true", StringComparison.Ordinal);
        return PlannedChange.Of(
            "PATCH",
            user.Path,
            Patch(text),
            200,
            user,
            user.Acknowledged.With(change));
    }

    /// <summary>A PUT with new values for everything. It keeps the role, which it does not send.</summary>
    private static PlannedChange? ReplaceUser(FaultClient client)
    {
        if (client.PickResource("/Users") is not { } user)
        {
            return null;
        }

        var word = client.NextWord();
        var sent = ResourceState.Absent.With(attributes => Fill(attributes, word));
        return PlannedChange.Of("PUT", user.Path, Body(sent), 200, user, new ResourceState(user.Acknowledged.Version + 1, sent.With(attributes => attributes["role"] = "member").Attributes));
    }

    /// <summary>It leaves the groups that it is in, whose versions go on by it.</summary>
    private static PlannedChange? DeleteUser(FaultClient client) => client.PickResource("/Users") is not { } user
        ? null
        : new PlannedChange(
            "DELETE",
            user.Path,
            null,
            204,
            [
                (user, user.Acknowledged.Deleted()),
                .. client.Resources.Where(group => group.Collection == "/Groups" && group.Acknowledged.Exists && Members(group).Contains(user.Id!))
                    .Select(group => (group, group.Acknowledged.With(SetMembers(Members(group).Where(id => id != user.Id))))),
            ]);

    private static PlannedChange CreateGroup(FaultClient client)
    {
        var word = client.NextWord();
        var group = new FaultResource("/Groups", word);
        var members = client.PickResource("/Users") is { } user ? new[] { user.Id! } : [];
        var state = ResourceState.Absent.With(attributes =>
        {
            attributes["displayName"] = word;
            attributes["externalId"] = $"x-{word}";
            SetMembers(members)(attributes);
        });
        client.Resources.Add(group);
        return PlannedChange.Of("POST", "/Groups", GroupBody(state), 201, group, state);
    }

    private static PlannedChange? AddMember(FaultClient client) =>
        client.PickResource("/Groups") is { } group && client.PickResource("/Users") is { } user && !Members(group).Contains(user.Id!)
            ? PatchGroup(group, $$"""{"op":"add","path":"members","value":[{"value":"{{user.Id}}"}]}""", SetMembers(Members(group).Append(user.Id!)))
            : null;

    private static PlannedChange? RemoveMember(FaultClient client) => client.PickResource("/Groups") is { } group && Members(group) is [var first, ..]
        ? PatchGroup(group, $$"""{"op":"remove","path":"members[value eq \"{{first}}\"]"}""", SetMembers(Members(group)[1..]))
        : null;

    private static PlannedChange? ReplaceMembers(FaultClient client)
    {
        if (client.PickResource("/Groups") is not { } group || client.PickResource("/Users") is not { } user)
        {
            return null;
        }

        var word = client.NextWord();
        return PatchGroup(
            group,
            $$"""{"op":"replace","path":"displayName","value":"{{word}}"},{"op":"replace","path":"members","value":[{"value":"{{user.Id}}"}]}""",
            attributes =>
            {
                attributes["displayName"] = word;
                SetMembers([user.Id!])(attributes);
            });
    }

    private static PlannedChange PatchGroup(FaultResource group, string operations, Action<JsonObject> change) => PlannedChange.Of(
        "PATCH", group.Path, Patch(operations), 204, group, group.Acknowledged.With(change));

    private static PlannedChange? ReplaceGroup(FaultClient client)
    {
        if (client.PickResource("/Groups") is not { } group)
        {
            return null;
        }

        var word = client.NextWord();
        var state = group.Acknowledged.With(attributes =>
        {
            attributes["displayName"] = word;
            attributes["externalId"] = word;
        });
        return PlannedChange.Of("PUT", group.Path, GroupBody(state), 200, group, state);
    }

    private static PlannedChange? DeleteGroup(FaultClient client) => client.PickResource("/Groups") is { } group
        ? PlannedChange.Of("DELETE", group.Path, null, 204, group, group.Acknowledged.Deleted())
        : null;

    /// <summary>Three changes in one request, each of its own resource.</summary>
    private static PlannedChange? RunBulk(FaultClient client)
    {
        if (client.PickResource("/Groups") is not { } group || client.PickResource("/Users") is not { } user)
        {
            return null;
        }

        var word = client.NextWord();
        var made = new FaultResource("/Users", word);
        var state = ResourceState.Absent.With(attributes => Fill(attributes, word));
        client.Resources.Add(made);
        return new PlannedChange(
            "POST",
            "/Bulk",
            $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
            {"method":"POST","path":"/Users","bulkId":"u","data":{{Body(state)}}},
            {"method":"PATCH","path":"{{user.Path}}","data":{{Patch($$"""{"op":"replace","path":"title","value":"{{word}}"}""")}}},
            {"method":"PATCH","path":"{{group.Path}}","data":{{Patch($$"""{"op":"replace","path":"externalId","value":"{{word}}"}""")}}}]}
            """,
            200,
            [
                (made, state.With(attributes => attributes["role"] = "member") with { Version = 1 }),
                (user, user.Acknowledged.With(attributes => attributes["title"] = word)),
                (group, group.Acknowledged.With(attributes => attributes["externalId"] = word)),
            ]);
    }

    private static string Patch(string operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""";

    /// <summary>The ids of a group's members, in the order in which they are shown.</summary>
    private static string[] Members(FaultResource group) => [.. (group.Acknowledged.Attributes!["members"]?.AsArray() ?? []).Select(member => member!["value"]!.GetValue<string>())];

    private static Action<JsonObject> SetMembers(IEnumerable<string> ids) => group =>
    {
        group.Remove("members");
        JsonNode[] members = [.. ids.Order(StringComparer.Ordinal).Select(id => new JsonObject { ["value"] = id })];
        if (members.Length > 0)
        {
            group["members"] = new JsonArray(members);
        }
    };

    private static string GroupBody(ResourceState state)
    {
        var body = state.Attributes!.DeepClone().AsObject();
        body["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Group");
        return body.ToJsonString();
    }

    private static void Fill(JsonObject user, string word)
    {
        user["userName"] = word;
        user["externalId"] = $"x-{word}";
        user["displayName"] = $"Ä {word}";
        user["title"] = word;
        user["active"] = true;
        user["emails"] = new JsonArray(new JsonObject { ["value"] = $"{word}@x.com" });
    }

    private static void AddEmail(JsonObject user, string word) => user["emails"]!.AsArray().Add(new JsonObject { ["value"] = $"{word}@x.com" });

    private static Action<JsonObject> Rename(FaultClient client) => user =>
    {
        user["userName"] = client.LastWord;
        user["externalId"] = client.LastWord;
    };

    private static string Body(ResourceState state)
    {
        var body = state.Attributes!.DeepClone().AsObject();
        body["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User");
        return body.ToJsonString();
    }
}
