using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Telemetry;

/// <summary>
/// What a trace tells of the request line. A path holds what a client puts where an id belongs, which may be a name or an address: only what looks
/// like an id of ours is told, and for anything else the route. Of the query nothing is, since names of parameters are as free as values,
/// and so are methods that HTTP does not know.
/// </summary>
internal static class TracedRequest
{
    private const string Path = "url.path";
    private const string Query = "url.query";
    private const string UnknownMethod = "http.request.method_original";

    public static void Reduce(Activity activity, HttpContext context)
    {
        activity.SetTag(Query, null);
        activity.SetTag(UnknownMethod, null);
        activity.SetTag(Path, PathOf(context));
    }

    /// <summary>The path where it holds ids only, and otherwise the route; without a slash at its end.</summary>
    public static string PathOf(HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        return route is null ? "(not served)"
            : context.GetRouteValue("id") is string id && !ResourceId.IsId(id) ? route
            : context.Request.Path.ToUriComponent() is { Length: > 1 } path ? path.TrimEnd('/') : "/";
    }
}
