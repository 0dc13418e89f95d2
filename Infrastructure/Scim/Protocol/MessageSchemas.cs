using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>The members that every request message has. RFC 7644 §3.1. Names compare without regard to case.</summary>
public static class MessageSchemas
{
    /// <summary>Throws 400 invalidSyntax unless <c>schemas</c> contains the message's URN.</summary>
    public static void Require(JsonElement body, string urn)
    {
        if (Member(body, "schemas") is { ValueKind: JsonValueKind.Array } schemas)
        {
            foreach (var item in schemas.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.String && urn.Equals(item.GetString(), StringComparison.OrdinalIgnoreCase))
                {
                    return;
                }
            }
        }

        throw ScimException.InvalidSyntax($"schemas must contain \"{urn}\".");
    }

    /// <summary>The member of that name in any case; null where it is missing. Throws 400 invalidSyntax where it stands twice.</summary>
    public static JsonElement? Member(JsonElement json, string name)
    {
        JsonElement? found = null;
        foreach (var property in json.EnumerateObject())
        {
            if (!property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (found is not null)
            {
                throw ScimException.InvalidSyntax($"{name} is given twice in one object.");
            }

            found = property.Value;
        }

        return found;
    }
}
