using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>A request to the application API, as far as its messages read it. Parameters that are not known are refused: a mistyped one would be passed over in silence.</summary>
public sealed class ApiRequest
{
    private readonly HttpContext context;
    private readonly ApiOperation operation;
    private readonly Dictionary<string, string> parameters = new(StringComparer.Ordinal);

    /// <summary>Throws 400 for a parameter that the operation does not have, or that stands twice.</summary>
    internal ApiRequest(HttpContext context, ApiOperation operation)
    {
        (this.context, this.operation) = (context, operation);
        Id = context.GetRouteValue("id") as string ?? "";
        string[] known = [.. operation.Names(ParameterPlace.Query)];
        foreach (var (name, values) in context.Request.Query)
        {
            if (!known.Contains(name))
            {
                throw ScimException.InvalidValue($"There is no parameter '{Excerpt.Of(name)}' here; {(known.Length == 0 ? "there is none" : string.Join(", ", known))}.");
            }

            if (values.Count != 1 || values[0] is not { Length: <= ApiParameter.MaxLength } value)
            {
                throw ScimException.InvalidValue($"{name}: must be given once, with {ApiParameter.MaxLength} characters at most.");
            }

            parameters[name] = value;
        }
    }

    /// <summary>The id in the path; empty where it has none.</summary>
    public string Id { get; }

    /// <summary>The JSON body; undefined where the route takes none.</summary>
    public JsonElement Body { get; internal init; }

    /// <summary>The URLs that are handed out.</summary>
    public PublicUrls Urls => context.RequestServices.GetRequiredService<PublicAddress>().Urls;

    /// <summary>A parameter's text, null where it is not given. Throws 400 where it has another form.</summary>
    public string? Text(ApiParameter.Text parameter) => Given(parameter) is not { } text || parameter.Form is not { } form || form.Holds(text)
        ? Given(parameter)
        : throw ScimException.InvalidValue($"{parameter.Name}: must be {form.Words}.");

    /// <summary>A parameter that is true or false, null where it is not given. Throws 400 where it is neither.</summary>
    public bool? Flag(ApiParameter.Flag parameter) => Given(parameter) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw ScimException.InvalidValue($"{parameter.Name}: must be true or false."),
    };

    /// <summary>A whole number, or the usual one where none is given. Throws 400 where it is none or lies outside.</summary>
    public long Number(ApiParameter.Number parameter) => NumberIfGiven(parameter) ?? parameter.Usual ?? throw new InvalidOperationException($"{parameter.Name} has no usual number.");

    /// <summary>The same, null where it is not given.</summary>
    public long? NumberIfGiven(ApiParameter.Number parameter) => Given(parameter) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= parameter.Least && value <= parameter.Most ? value
        : throw ScimException.InvalidValue($"{parameter.Name}: must be a whole number, {parameter.Least} {(parameter.Most == long.MaxValue ? "or more" : $"to {parameter.Most}")}.");

    /// <summary>What is read is said: a parameter that the operation does not have is a fault of ours.</summary>
    private string? Given(ApiParameter parameter) => operation.Parameters.Contains(parameter)
        ? parameters.GetValueOrDefault(parameter.Name)
        : throw new InvalidOperationException($"{operation.Name} does not say that it has a parameter {parameter.Name}.");
}
