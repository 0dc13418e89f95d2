using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>A request to the application API, as far as its messages read it. Parameters that are not known are refused: a mistyped one would be passed over in silence.</summary>
public sealed class ApiRequest
{
    private const int MaxLength = 200;

    private readonly Dictionary<string, string> parameters = new(StringComparer.Ordinal);

    /// <summary>Throws 400 for a parameter that is none of these, or that stands twice.</summary>
    internal ApiRequest(HttpContext context, IReadOnlyList<string> known)
    {
        Id = context.GetRouteValue("id") as string ?? "";
        foreach (var (name, values) in context.Request.Query)
        {
            if (!known.Contains(name))
            {
                throw ScimException.InvalidValue($"There is no parameter '{Excerpt.Of(name)}' here; {(known.Count == 0 ? "there is none" : string.Join(", ", known))}.");
            }

            if (values.Count != 1 || values[0] is not { Length: <= MaxLength } value)
            {
                throw ScimException.InvalidValue($"{name}: must be given once, with {MaxLength} characters at most.");
            }

            parameters[name] = value;
        }
    }

    /// <summary>The id in the path; empty where it has none.</summary>
    public string Id { get; }

    /// <summary>A parameter's text, null where it is not given.</summary>
    public string? Text(string name) => parameters.GetValueOrDefault(name);

    /// <summary>A parameter that is true or false, null where it is not given. Throws 400 where it is neither.</summary>
    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw ScimException.InvalidValue($"{name}: must be true or false."),
    };

    /// <summary>A parameter that is a whole number. Throws 400 where it is none or lies outside.</summary>
    public long Number(string name, long missing, long least, long most) => Text(name) is not { } text ? missing
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw ScimException.InvalidValue($"{name}: must be a whole number, {least} {(most == long.MaxValue ? "or more" : $"to {most}")}.");
}
