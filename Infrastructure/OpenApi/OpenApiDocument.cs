using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ScimSlice.Infrastructure.Http;

namespace ScimSlice.Infrastructure.OpenApi;

/// <summary>The OpenAPI 3.1 document of the application API, written from the routes as they are mapped and from nothing else.</summary>
internal static class OpenApiDocument
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What any route may answer instead: status, name, when, and the header that comes with it. 401 and 403 are of tokens.</summary>
    private static readonly (string Status, string Name, string When, string? Header)[] Refusals =
    [
        ("400", "BadRequest", "A parameter that there is not, that stands twice or has another form; or a body that is not as it must be.", null),
        ("401", "Unauthorized", "There is no token, or it is not valid here: mistyped, revoked or expired.", "WWW-Authenticate"),
        ("403", "Forbidden", "The token is for SCIM.", "WWW-Authenticate"),
        ("429", "TooManyRequests", "Too many requests, or too many that wait. Come again later.", "Retry-After"),
        ("503", "Unavailable", "The service is busy or ends; nothing was changed. Come again later.", "Retry-After"),
    ];

    /// <summary>The document as UTF-8, indented, with a line break at the end.</summary>
    /// <param name="endpoints">All that is served; what does not lie below the application API is passed over.</param>
    /// <param name="server">Where the application API lies: an absolute URL, or one that is relative to where the document comes from.</param>
    /// <exception cref="InvalidOperationException">A route has no <see cref="ApiOperation"/>, or two things have one name.</exception>
    public static byte[] Write(IEnumerable<Endpoint> endpoints, string server)
    {
        var (paths, schemas) = (new JsonObject(), new Dictionary<string, ApiSchema>(StringComparer.Ordinal) { [ScimErrors.ProblemSchema.Name] = ScimErrors.ProblemSchema });
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>().Where(IsOfApi))
        {
            var pattern = endpoint.RoutePattern.RawText![ApiEndpoints.Path.Length..];
            var operation = endpoint.Metadata.GetMetadata<ApiOperation>() ?? throw new InvalidOperationException($"Nothing is said of the route {pattern}.");
            var path = (JsonObject)(paths[pattern] ??= new JsonObject());
            foreach (var method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Where(method => !HttpMethods.IsHead(method)))
            {
                path.Add(method.ToLowerInvariant(), Of(operation));
            }

            Collect(operation.Answer, schemas);
            if (operation.Body is not null)
            {
                Collect(operation.Body, schemas);
            }
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "ScimSlice, the API for the application",
                ["description"] = "Follows what the identity provider changes: events, snapshots to begin with, deliveries to webhooks, and the requests themselves.",
                ["version"] = ApiEndpoints.Path[(ApiEndpoints.Path.LastIndexOf('/') + 1)..],
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = server }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray("events") }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.OrderBy(schema => schema.Key, StringComparer.Ordinal).Select(schema => KeyValuePair.Create<string, JsonNode?>(schema.Key, schema.Value.Write()))),
                ["responses"] = new JsonObject([.. Refusals.Select(refusal => KeyValuePair.Create<string, JsonNode?>(refusal.Name, Refused(refusal.When, refusal.Header)))])
                {
                    ["Failure"] = Refused("Anything else that went wrong."),
                },
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "A token of the organization with the scope events: ScimSlice token create ORG --scope events." },
                },
            },
        };
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            document.WriteTo(writer);
        }

        output.Write("\n"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Whether a route lies below the application API.</summary>
    public static bool IsOfApi(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText?.StartsWith($"{ApiEndpoints.Path}/", StringComparison.Ordinal) == true;

    private static JsonObject Of(ApiOperation operation)
    {
        var written = new JsonObject { ["operationId"] = operation.Name, ["summary"] = operation.Summary };
        if (operation.Description is not null)
        {
            written["description"] = operation.Description;
        }

        if (operation.IsPublic)
        {
            written["security"] = new JsonArray();
        }

        if (operation.Parameters.Count > 0)
        {
            written["parameters"] = new JsonArray([.. operation.Parameters.Select(Of)]);
        }

        if (operation.Body is not null)
        {
            written["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Json, operation.Body) };
        }

        written["responses"] = Responses(operation);
        return written;
    }

    private static JsonObject Of(ApiParameter parameter)
    {
        var written = new JsonObject { ["name"] = parameter.Name, ["in"] = parameter.Place.ToString().ToLowerInvariant(), ["description"] = parameter.Description };
        if (parameter.Place == ParameterPlace.Path)
        {
            written["required"] = true;
        }

        written["schema"] = parameter.Schema();
        return written;
    }

    private static JsonObject Responses(ApiOperation operation)
    {
        var content = Content(Json, operation.Answer);
        if (operation.Stream is not null)
        {
            content["text/event-stream"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["description"] = operation.Stream } };
        }

        var all = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal) { ["200"] = new JsonObject { ["description"] = "Done.", ["content"] = content } };
        foreach (var (status, name, _, _) in Refusals.Where(refusal => !operation.IsPublic || refusal.Status is not ("401" or "403")))
        {
            all.Add(status, new JsonObject { ["$ref"] = $"#/components/responses/{name}" });
        }

        foreach (var (status, when) in operation.Others)
        {
            all.Add($"{status}", status >= 400 ? Refused(when) : new JsonObject { ["description"] = when });
        }

        return new JsonObject(all.Select(response => KeyValuePair.Create<string, JsonNode?>(response.Key, response.Value))) { ["default"] = new JsonObject { ["$ref"] = "#/components/responses/Failure" } };
    }

    private static JsonObject Refused(string when, string? header = null)
    {
        var written = new JsonObject { ["description"] = when, ["content"] = Content(Problem, ScimErrors.ProblemSchema) };
        if (header is not null)
        {
            written["headers"] = new JsonObject { [header] = new JsonObject { ["schema"] = new JsonObject { ["type"] = header == "Retry-After" ? "integer" : "string" } } };
        }

        return written;
    }

    private static JsonObject Content(string type, ApiSchema schema) => new() { [type] = new JsonObject { ["schema"] = schema.Reference() } };

    private static void Collect(ApiSchema schema, Dictionary<string, ApiSchema> known)
    {
        if (known.TryAdd(schema.Name, schema))
        {
            foreach (var used in schema.Uses)
            {
                Collect(used, known);
            }
        }
        else if (known[schema.Name] != schema)
        {
            throw new InvalidOperationException($"Two schemas are called {schema.Name}.");
        }
    }
}
