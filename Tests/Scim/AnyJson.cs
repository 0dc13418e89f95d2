using System.Text.Json.Nodes;
using CsCheck;

namespace ScimSlice.Tests.Scim;

/// <summary>Random JSON that looks enough like SCIM to get far.</summary>
internal static class AnyJson
{
    private static readonly string[] Names =
    [
        "userName", "USERNAME", "title", "active", "name", "givenName", "familyName", "emails", "Emails", "value", "Value", "type", "primary",
        "display", "$ref", "addresses", "locality", "x509Certificates", "profileUrl", "role", "roles", "password", "groups", "id", "meta", "schemas", "externalId",
        "department", "manager",
        "displayName", "shoeSize", "", "name.givenName", "manager.value", "emails[type eq \"work\"].value", "emails[", Sample.Core, Sample.Enterprise,
        $"{Sample.Enterprise}:manager", $"{Sample.Enterprise}:shoeSize", $"{Sample.Core}:emails", "urn:other:User", "urn:x",
    ];

    private static readonly string[] Texts =
    [
        "", "x", "work", "WORK", "home", "other", "true", "False", "member", "b@work.example", "2026-11-23T10:00:00Z", "AQID", "😀", "2819c223",
        Sample.Core, Sample.Enterprise,
    ];

    public static Gen<string> Name { get; } = Gen.OneOf(Names);

    /// <summary>Any value, nested up to <paramref name="depth"/> levels.</summary>
    public static Gen<JsonNode?> Value(int depth)
    {
        var simple = Gen.OneOf(
            Gen.OneOf(Texts).Select(text => (JsonNode?)JsonValue.Create(text)),
            Gen.Bool.Select(value => (JsonNode?)JsonValue.Create(value)),
            Gen.OneOf<double>(0, 1, -1.5, 1e300).Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Const(() => (JsonNode?)null));
        if (depth == 0)
        {
            return simple;
        }

        var inner = Value(depth - 1);
        var array = inner.Array[0, 3].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]));
        return Gen.OneOf(simple, array, Object(depth).Select(json => (JsonNode?)json), Object(depth).Select(json => (JsonNode?)json));
    }

    /// <summary>Any object. Names may differ in case only, but no name stands twice.</summary>
    public static Gen<JsonObject> Object(int depth) => Gen.Select(Name, Value(depth - 1)).Array[0, 4].Select(members =>
    {
        var json = new JsonObject();
        foreach (var (name, value) in members)
        {
            json.TryAdd(name, value?.DeepClone());
        }

        return json;
    });

    public static string Text(JsonNode? json) => json?.ToJsonString() ?? "null";
}
