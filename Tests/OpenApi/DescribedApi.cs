using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Json.Schema;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.OpenApi;

/// <summary>The OpenAPI document as a client reads it: its operations, and whether an answer is as it says.</summary>
internal sealed class DescribedApi
{
    private static readonly EvaluationOptions Strict = new() { RequireFormatValidation = true, OutputFormat = OutputFormat.List };

    private readonly HashSet<string> checkedOperations = [];

    public DescribedApi(string text)
    {
        Text = text;
        Root = JsonNode.Parse(text)!;
        Operations =
        [
            .. from path in Root["paths"]!.AsObject()
               from method in path.Value!.AsObject()
               select (method.Key.ToUpperInvariant(), path.Key, method.Value!),
        ];
    }

    public string Text { get; }

    public JsonNode Root { get; }

    public IReadOnlyList<(string Method, string Path, JsonNode Said)> Operations { get; }

    /// <summary>The ids of the operations of which an answer was found to be right.</summary>
    public IReadOnlySet<string> Checked => checkedOperations;

    /// <summary>The document that a server's routes make, as it is checked in: relative to where it is served.</summary>
    public static DescribedApi Of(ScimHost host) =>
        new(System.Text.Encoding.UTF8.GetString(OpenApiDocument.Write(host.Services.GetRequiredService<EndpointDataSource>().Endpoints, ApiEndpoints.Path)));

    /// <summary>Sends a request to an operation and expects an answer of this status that is as the document says, without a member that it does not name.</summary>
    /// <param name="target">Behind <c>/api/v1</c>: <c>/events?after=1</c>.</param>
    public async Task<ScimAnswer> AnswerAsync(ScimClient client, string method, string target, int status = 200, string? body = null)
    {
        var answer = await client.SendAsync(method, $"/../../api/v1{target}", body);
        answer.Status.Should().Be(status, "{0} {1}: {2}", method, target, answer.Text);
        var (_, _, said) = Operations.Single(operation => operation.Method == method && Matches(operation.Path, target.Split('?')[0]));
        if (body is not null && status < 400)
        {
            var sent = Closed(said["requestBody"]!["content"]!["application/json"]!["schema"]!).Evaluate(JsonDocument.Parse(body).RootElement, Strict);
            sent.IsValid.Should().BeTrue("{0} takes {1}: {2}", target, body, Faults(sent));
        }

        var response = Resolve(said["responses"]![$"{status}"] ?? throw new InvalidOperationException($"{target} does not say that it answers {status}."));
        var type = answer.ContentHeaders.ContentType!.MediaType!;
        var schema = response["content"]![type]?["schema"] ?? throw new InvalidOperationException($"{target} does not say that it answers {type}.");
        var found = Closed(schema).Evaluate(JsonDocument.Parse(answer.Text).RootElement, Strict);
        found.IsValid.Should().BeTrue("{0} {1}: {2} in {3}", method, target, Faults(found), answer.Text);
        foreach (var header in response["headers"]?.AsObject().Select(header => header.Key) ?? [])
        {
            answer.Headers.Contains(header).Should().BeTrue("{0} comes with {1}", header, status);
        }

        if (status < 400)
        {
            checkedOperations.Add(said["operationId"]!.GetValue<string>());
        }

        return answer;
    }

    private JsonNode Resolve(JsonNode node) =>
        node["$ref"] is { } reference ? reference.GetValue<string>().Split('/').Skip(1).Aggregate(Root, (found, name) => found[name]!) : node;

    private static bool Matches(string pattern, string path)
    {
        var (parts, sent) = (pattern.Split('/'), path.Split('/'));
        return parts.Length == sent.Length && parts.Zip(sent).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));
    }

    /// <summary>The schema with all that it refers to, closed: what it does not name must not be there.</summary>
    private JsonSchema Closed(JsonNode schema)
    {
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = Root["components"]!["schemas"]!.DeepClone();
        Close(whole);
        return JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }

    private static void Close(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach (var (_, value) in members.ToArray())
            {
                Close(value);
            }

            if (members["properties"] is JsonObject && members["additionalProperties"] is null)
            {
                members["additionalProperties"] = false;
            }
        }
    }

    private static string Faults(EvaluationResults found) => string.Join("; ", (found.Details ?? []).Where(detail => detail.Errors is not null)
        .Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Select(error => $"{error.Key}: {error.Value}"))}"));
}
