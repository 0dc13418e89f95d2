using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FluentAssertions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Tests.Architecture;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.OpenApi;

/// <summary>The document is made of the routes, is OpenAPI, is the one that is checked in, and requests are taken and refused as it says.</summary>
public sealed class OpenApiDocumentTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string CheckedIn = "docs/openapi.json";
    private const string WriteSetting = "SCIMSLICE_WRITE_OPENAPI";

    [Fact]
    public void The_document_in_docs_is_the_one_that_the_routes_make()
    {
        var made = DescribedApi.Of(host).Text;
        if (Environment.GetEnvironmentVariable(WriteSetting) == "1")
        {
            File.WriteAllText(Path.Combine(SourceTree.Root, CheckedIn), made);
        }

        var kept = File.Exists(Path.Combine(SourceTree.Root, CheckedIn)) ? SourceTree.Read(CheckedIn) : "";

        (kept == made).Should().BeTrue($"{CheckedIn} must say what is served; write it anew with: {WriteSetting}=1 dotnet test Tests --filter FullyQualifiedName~{nameof(OpenApiDocumentTests)}");
    }

    [Fact]
    public void It_is_OpenAPI_without_a_fault()
    {
        var read = Microsoft.OpenApi.OpenApiDocument.Parse(DescribedApi.Of(host).Text, "json");

        read.Diagnostic!.Errors.Should().BeEmpty();
        read.Diagnostic.Warnings.Should().BeEmpty();
        read.Diagnostic.SpecificationVersion.Should().Be(Microsoft.OpenApi.OpenApiSpecVersion.OpenApi3_1);
        read.Document!.Paths.Should().HaveCountGreaterThan(8);
    }

    [Fact]
    public void Each_route_of_the_API_stands_in_it_and_no_other()
    {
        var served = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.Contains("/v1/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Where(method => method != "HEAD").Select(method => $"{method} {endpoint.RoutePattern.RawText}"));

        var api = DescribedApi.Of(host);

        api.Operations.Select(operation => $"{operation.Method} /api/v1{operation.Path}").Should().BeEquivalentTo(served).And.HaveCountGreaterThan(9);
        api.Operations.Select(operation => operation.Said["operationId"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Who_has_no_token_gets_what_it_says_is_for_everybody_and_nothing_else()
    {
        var nobody = host.CreateClient();

        foreach (var (method, path, said) in DescribedApi.Of(host).Operations)
        {
            var answer = await nobody.SendAsync(method, $"/../../api/v1{path.Replace("{id}", "unknown", StringComparison.Ordinal)}", null);

            (answer.Status == 401).Should().Be(said["security"] is null, "{0} {1}: {2}", method, path, answer.Status);
        }
    }

    [Fact]
    public async Task Parameters_are_taken_and_refused_as_it_says()
    {
        var client = await host.CreateOrganizationAsync();
        var events = await host.CreateTokenAsync(client.Organization, Infrastructure.Organizations.TokenScope.Events);
        var tried = 0;
        foreach (var (_, path, said) in DescribedApi.Of(host).Operations.Where(operation => operation.Method == "GET"))
        {
            var parameters = (said["parameters"] as JsonArray ?? []).Where(parameter => parameter!["in"]!.GetValue<string>() == "query").ToDictionary(parameter => parameter!["name"]!.GetValue<string>(), parameter => parameter!["schema"]!);
            foreach (var (name, schema) in parameters)
            {
                // A page of a snapshot that is not its first needs its position.
                var besides = name == "after" && parameters.ContainsKey("position") ? "&position=0" : "";
                foreach (var (value, isTaken) in Values(schema))
                {
                    var answer = await events.GetApiAsync($"{path}?{name}={value}{besides}");
                    (answer.Status == 400).Should().Be(!isTaken, "{0}?{1}={2}: {3}", path, name, value, answer.Text);
                    tried++;
                }
            }

            if (said["security"] is null)
            {
                (await events.GetApiAsync($"{path}?canary=1")).Status.Should().Be(400, path);
            }
        }

        tried.Should().BeGreaterThan(40);
    }

    /// <summary>Values within the bounds of a schema and outside them.</summary>
    private static IEnumerable<(string Value, bool IsTaken)> Values(JsonNode schema)
    {
        switch (schema["type"]!.GetValue<string>())
        {
            case "integer":
                var (least, most) = (schema["minimum"]!.GetValue<long>(), schema["maximum"]?.GetValue<long>());
                yield return ($"{least}", true);
                yield return ($"{least - 1}", false);
                yield return ("1.5", false);
                if (most is not null)
                {
                    yield return ($"{most + 1}", false);
                }

                // The longest wait would be waited for.
                if (most > 100)
                {
                    yield return ($"{most}", true);
                }

                break;
            case "boolean":
                yield return ("true", true);
                yield return ("false", true);
                yield return ("yes", false);
                break;
            case "string" when schema["pattern"] is { } pattern:
                foreach (var text in (string[])[$"{Guid.Empty}", new string('a', 32), new string('a', 31), "canary"])
                {
                    yield return (text, Regex.IsMatch(text, pattern.GetValue<string>()));
                }

                break;
            default:
                var longest = schema["maxLength"]!.GetValue<int>();
                yield return ($"{new string('x', longest - 2)}.x", true);
                yield return ($"{new string('x', longest - 1)}.x", false);
                break;
        }
    }
}
