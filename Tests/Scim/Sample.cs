using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Tests.Scim;

/// <summary>Resources and resource types to test with.</summary>
internal static class Sample
{
    public const string Core = SchemaRegistry.UserUrn;
    public const string Enterprise = SchemaRegistry.EnterpriseUserUrn;

    /// <summary>The <c>meta</c> of <see cref="Written"/>.</summary>
    public const string Meta =
        """
        "meta":{"resourceType":"User","created":"2026-11-23T10:00:00.000Z","lastModified":"2026-11-23T10:00:00.000Z","version":"W/\"1\"","location":"/Users/1"}
        """;

    public static ResourceType User => SchemaRegistry.BuiltIn.User;

    /// <summary>A type with what User has not: numbers, dates, simple lists, immutable and required parts, a required extension.</summary>
    public static ResourceType Widget { get; } = ReadWidget();

    public static QuirkUse Strict => new(strict: true);

    public static QuirkUse Lenient => new(strict: false);

    public static JsonElement Json(string text) => StrictJson.Parse(Encoding.UTF8.GetBytes(text));

    public static ResourceDocument Read(ResourceType type, string json, bool strict = false) => new ResourceReader(type, new QuirkUse(strict)).Read(Json(json));

    /// <summary>A user of that name with further members, given as JSON members: <c>"title": "Guide"</c>.</summary>
    public static ResourceDocument ReadUser(string members = "", bool strict = false) => Read(User, UserJson(members), strict);

    public static string UserJson(string members = "")
    {
        var rest = members.Length == 0 ? "" : $", {members}";
        return $$"""{"schemas": ["{{Core}}"], "userName": "bjensen"{{rest}}}""";
    }

    /// <summary>The stored form of a document, with the id <c>1</c>.</summary>
    public static string Written(ResourceDocument document)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, StoredResource.WriterOptions))
        {
            document.WriteTo(writer, "1", new ResourceMeta(1, "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.000Z"));
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static ResourceType ReadWidget()
    {
        var file = DataFile.Read("widget.json");
        var schemas = file.EnumerateArray().Select(schema => SchemaReader.Read(Encoding.UTF8.GetBytes(schema.GetRawText())).Schema).ToArray();
        return new ResourceType
        {
            Name = "Widget",
            Endpoint = "/Widgets",
            Schema = schemas[0],
            Extensions = [new SchemaExtension(schemas[1], Required: true), new SchemaExtension(schemas[2], Required: false)],
        };
    }
}
