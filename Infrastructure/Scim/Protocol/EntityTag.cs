using System.Globalization;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>A resource's version as HTTP writes it: <c>W/"7"</c>. RFC 7644 §3.14.</summary>
public static class EntityTag
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");

    /// <summary>
    /// Whether an If-Match or If-None-Match header names the version. SCIM's tags are weak and clients send them in If-Match, so
    /// the weakness is ignored (RFC 9110 §13.1.1 would never let them match). <c>*</c> names every version.
    /// </summary>
    public static bool Matches(string header, long version)
    {
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
        if (header.AsSpan().Trim().SequenceEqual("*"))
        {
            return true;
        }

        foreach (var part in header.Split(','))
        {
            var candidate = part.AsSpan().Trim();
            if (candidate.StartsWith("W/", StringComparison.OrdinalIgnoreCase))
            {
                candidate = candidate[2..];
            }

            if (candidate.SequenceEqual(tag))
            {
                return true;
            }
        }

        return false;
    }
}
