using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>One line of an export, a JSON object. Its members are read strictly: it may have been written by anyone.</summary>
internal readonly record struct OrganizationLine(JsonElement Json)
{
    /// <summary>A member that is an object. Throws 400 where it is none.</summary>
    public OrganizationLine Object(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
        ? new OrganizationLine(value)
        : throw ScimException.InvalidValue($"{name}: must be an object.");

    /// <summary>A member that is text. Throws 400 where it is none.</summary>
    public string Text(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw ScimException.InvalidValue($"{name}: must be text.");

    /// <summary>An id as this program makes them.</summary>
    public string Id(string name) => Text(name) is var text && Guid.TryParseExact(text, "D", out var id) && id.ToString() == text
        ? text
        : throw ScimException.InvalidValue($"{name}: must be a UUID in lower case.");

    /// <summary>A time in the one form that rows hold, since rows are ordered by it.</summary>
    public string Time(string name) => Text(name) is var text && DateTimeValue.TryParse(text, out var time) && DateTimeValue.Format(time) == text
        ? text
        : throw ScimException.InvalidValue($"{name}: must be a time such as 2026-11-23T10:00:00.000Z.");

    /// <summary>The same, null where the member is null or absent.</summary>
    public string? TimeOrNull(string name) => !Json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null : Time(name);

    /// <summary>A whole number of at least 0.</summary>
    public long Number(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
        ? number
        : throw ScimException.InvalidValue($"{name}: must be a whole number.");
}
