using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Tests.Scim.Patching;

/// <summary>Sends operations to a document whose resource has the id 2819c223 and is in the group g1.</summary>
internal static class Patch
{
    internal static readonly AttributeValue.Complex ReadOnly = AttributeValue.Complex.Empty
        .With("id", new AttributeValue.Text("2819c223"))
        .With("meta", AttributeValue.Complex.Empty
            .With("resourceType", new AttributeValue.Text("User"))
            .With("created", new AttributeValue.Text("2026-11-23T10:00:00.000Z"))
            .With("version", new AttributeValue.Text("W/\"1\"")))
        .With("groups", new AttributeValue.Multi([AttributeValue.Complex.Empty
            .With("value", new AttributeValue.Text("g1"))
            .With("display", new AttributeValue.Text("Guides"))
            .With("type", new AttributeValue.Text("direct"))]));

    /// <summary>The document after the JSON array <paramref name="operations"/>.</summary>
    public static ResourceDocument Apply(ResourceDocument document, string operations, bool strict = false) =>
        Apply(document, operations, new QuirkUse(strict));

    public static ResourceDocument Apply(ResourceDocument document, string operations, QuirkUse quirks)
    {
        var body = Sample.Json($$"""{"schemas": ["{{PatchRequest.Urn}}"], "Operations": {{operations}}}""");
        return new PatchEngine(quirks, ReadOnly).Apply(document, PatchRequest.Read(body, document.Type, quirks));
    }
}
