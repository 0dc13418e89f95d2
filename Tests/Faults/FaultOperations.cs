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
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{text}}]}""",
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

    private static PlannedChange? DeleteUser(FaultClient client) => client.PickResource("/Users") is { } user
        ? PlannedChange.Of("DELETE", user.Path, null, 204, user, user.Acknowledged.Deleted())
        : null;

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
