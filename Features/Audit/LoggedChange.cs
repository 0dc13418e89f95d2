using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScimSlice.Features.Audit;

/// <summary>What a request did to a resource, as the events tell it, with … for what the organization calls sensitive.</summary>
/// <param name="Type">The event's type: <c>user.updated</c>.</param>
/// <param name="Attributes">The full names of the attributes that changed.</param>
/// <param name="Before">Their values before; null where there were none, or where there is no room for them in the answer.</param>
/// <param name="After">The same since.</param>
/// <param name="Members">How many came or went; 0 where it is about something else.</param>
/// <param name="Member">Who, where it is one.</param>
public sealed record LoggedChange(string Type, IReadOnlyList<string> Attributes, JsonObject? Before, JsonObject? After, long Members = 0, string? Member = null)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", Type);
        if (Members > 0)
        {
            json.WriteNumber("members", Members);
            if (Member is not null)
            {
                json.WriteString("member", Member);
            }
        }
        else
        {
            json.WriteStartArray("attributes");
            foreach (var name in Attributes)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            Write(json, "before", Before);
            Write(json, "after", After);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, JsonObject? values)
    {
        if (values is not null)
        {
            json.WritePropertyName(name);
            values.WriteTo(json);
        }
    }
}
