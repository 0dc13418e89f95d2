using System.Buffers;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>One line of an export, a JSON object. Its members are read strictly: it may have been written by anyone.</summary>
/// <param name="Now">When it is read; what is said to have happened cannot lie behind it.</param>
internal readonly record struct OrganizationLine(JsonElement Json, DateTimeOffset Now)
{
    private const int HashBytes = 32;

    /// <summary>How far the clocks of two servers may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    /// <summary>A member that is an object. Throws 400 where it is none.</summary>
    public OrganizationLine Object(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
        ? new OrganizationLine(value, Now)
        : throw ScimException.InvalidValue($"{name}: must be an object.");

    /// <summary>A member that is text. Throws 400 where it is none.</summary>
    public string Text(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw ScimException.InvalidValue($"{name}: must be text.");

    /// <summary>A member that is a list of texts. Throws 400 where it is none.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw ScimException.InvalidValue($"{name}: must be a list of texts.");

    /// <summary>An id as this program makes them.</summary>
    public string Id(string name) => Text(name) is var text && Guid.TryParseExact(text, "D", out var id) && id.ToString() == text
        ? text
        : throw ScimException.InvalidValue($"{name}: must be a UUID in lower case.");

    /// <summary>A time that has been, in the one form that rows hold, since rows are ordered by it.</summary>
    public string Time(string name) => Read(name, out var time) is var text && time <= Now + Skew
        ? text
        : throw ScimException.InvalidValue($"{name}: must not lie in the future.");

    /// <summary>Any time in that form, null where the member is null or absent.</summary>
    public string? TimeOrNull(string name) => !Json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null : Read(name, out _);

    /// <summary>A whole number of at least 0.</summary>
    public long Number(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
        ? number
        : throw ScimException.InvalidValue($"{name}: must be a whole number.");

    /// <summary>A SHA-256 hash in hexadecimal digits.</summary>
    public byte[] Hash(string name)
    {
        var (text, hash) = (Text(name), new byte[HashBytes]);
        return Convert.FromHexString(text, hash, out _, out var written) == OperationStatus.Done && written == HashBytes && text.Length == 2 * HashBytes
            ? hash
            : throw ScimException.InvalidValue($"{name}: must be {2 * HashBytes} hexadecimal digits.");
    }

    private string Read(string name, out DateTimeOffset time) => Text(name) is var text && DateTimeValue.TryParse(text, out time) && DateTimeValue.Format(time) == text
        ? text
        : throw ScimException.InvalidValue($"{name}: must be a time such as 2026-11-23T10:00:00.000Z.");
}
