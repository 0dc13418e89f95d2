using System.Text.Json;
using System.Text.Json.Nodes;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.OpenApi;

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
    /// <summary>How many users have another role by it; 0 where it is about the resource itself.</summary>
    public long Users { get; init; }

    /// <summary>Who, where it is one.</summary>
    public string? User { get; init; }

    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("LoggedChange", $$"""
        {
          "type": "object",
          "description": "What a request did to a resource, with … for what the organization calls sensitive.",
          "required": ["type"],
          "properties": {
            "type": { "type": "string", "enum": {{EventTypes.All}} },
            "members": { "type": "integer", "format": "int64", "minimum": 1, "description": "How many came or went." },
            "member": { "type": "string", "description": "Who, where it is one." },
            "users": { "type": "integer", "format": "int64", "minimum": 1, "description": "How many users have another role by it; missing where it is about the resource itself." },
            "user": { "type": "string", "description": "Who, where it is one." },
            "attributes": { "type": "array", "items": { "type": "string" }, "description": "The full names of the attributes that changed." },
            "before": { "type": "object", "additionalProperties": true, "description": "Their values before; missing where there were none, or no room for them." },
            "after": { "type": "object", "additionalProperties": true, "description": "Their values since." }
          }
        }
        """);

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
            if (Users > 0)
            {
                json.WriteNumber("users", Users);
                if (User is not null)
                {
                    json.WriteString("user", User);
                }
            }

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
