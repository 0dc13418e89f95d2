using System.Text;
using System.Text.Json.Nodes;
using ScimSlice.Features.Organizations;

namespace ScimSlice.Tests.Support;

/// <summary>Exports as text, to be looked at, changed and imported.</summary>
internal static class Transfer
{
    public static async Task<string> ExportAsync(ScimHost host, string organization, bool secrets = false)
    {
        using var output = new MemoryStream();
        await host.SendAsync(new ExportOrganization.Query(organization, secrets, output));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    public static async Task<TransferResult> ImportAsync(ScimHost host, string text, string? name = null)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await host.SendAsync(new ImportOrganization.Command(input, name));
    }

    /// <summary>The lines of an export as JSON.</summary>
    public static JsonObject[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>The same export of an organization with another id and another name, which can be imported beside the first.</summary>
    public static string AsAnother(string text)
    {
        var lines = Lines(text);
        var id = Guid.NewGuid().ToString();
        lines[0]["id"] = id;
        lines[0]["name"] = $"copy {id}";
        return Text(lines);
    }

    public static string Text(IEnumerable<JsonNode> lines) => string.Concat(lines.Select(line => $"{line.ToJsonString()}\n"));
}
