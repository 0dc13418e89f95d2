using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScimSlice.Infrastructure.OpenApi;

/// <summary>
/// What a type reads or writes, as JSON Schema 2020-12 beside the code that does it. Schemas are open: whoever reads an answer passes over members
/// that it does not know, so that an answer may get more of them.
/// </summary>
public sealed class ApiSchema
{
    private readonly FormattableString json;

    private ApiSchema(string name, FormattableString json) => (Name, this.json) = (name, json);

    /// <summary>What it is called among the components of the document.</summary>
    public string Name { get; }

    /// <summary>The schemas that it refers to.</summary>
    internal IEnumerable<ApiSchema> Uses => json.GetArguments().OfType<ApiSchema>();

    /// <param name="json">The schema. A hole is filled with a reference where it holds another schema, and with its value as JSON where it holds anything else.</param>
    public static ApiSchema Of(string name, FormattableString json) => new(name, json);

    internal JsonObject Reference() => new() { ["$ref"] = $"#/components/schemas/{Name}" };

    /// <summary>The schema itself. Throws <see cref="JsonException"/> where it is no JSON.</summary>
    internal JsonObject Write()
    {
        var values = json.GetArguments().Select(value => value is ApiSchema used ? used.Reference().ToJsonString() : JsonSerializer.Serialize(value)).ToArray<object>();
        return JsonNode.Parse(string.Format(CultureInfo.InvariantCulture, json.Format, values))!.AsObject();
    }
}
