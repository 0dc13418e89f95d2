using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.OpenApi;

/// <summary>What is said of a route stands in the document, and no route or parameter is there without it.</summary>
public sealed class ApiOperationTests
{
    private static readonly ApiSchema Any = ApiSchema.Of("Any", $$"""{ "type": "object" }""");

    [Fact]
    public void A_route_of_which_nothing_is_said_stops_the_document()
    {
        var write = () => OpenApiDocument.Write([Route("/api/v1/silent", null)], "/api/v1");

        write.Should().Throw<InvalidOperationException>().WithMessage("*/silent*");
    }

    [Fact]
    public void What_does_not_lie_below_the_API_is_not_in_it()
    {
        var api = Read(Route("/scim/v2/Users", null), Route("/livez", null));

        api.Operations.Should().BeEmpty();
    }

    [Fact]
    public void A_body_and_a_route_for_everybody_are_told()
    {
        var api = Read(
            Route("/api/v1/taken", new ApiOperation("Take", "Takes something") { Answer = Any, Body = ApiSchema.Of("Sent", $$"""{ "type": "object", "properties": { "a": {{Any}} } }""") }, "POST"),
            Route("/api/v1/open", new ApiOperation("Open", "For everybody") { Answer = Any, IsPublic = true }));

        api.Root["paths"]!["/taken"]!["post"]!["requestBody"].ShouldBeJson("""{ "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Sent" } } } }""");
        api.Root["components"]!["schemas"]!["Sent"]!["properties"]!["a"].ShouldBeJson("""{ "$ref": "#/components/schemas/Any" }""");
        api.Root["paths"]!["/open"]!["get"]!["security"].ShouldBeJson("[]");
        api.Root["paths"]!["/taken"]!["post"]!["security"].Should().BeNull("the whole document asks for a token");
    }

    [Fact]
    public void Two_schemas_of_one_name_stop_the_document()
    {
        var other = ApiSchema.Of("Any", $$"""{ "type": "string" }""");

        var write = () => OpenApiDocument.Write([Route("/api/v1/a", new ApiOperation("A", "a") { Answer = Any }), Route("/api/v1/b", new ApiOperation("B", "b") { Answer = other })], "/api/v1");

        write.Should().Throw<InvalidOperationException>().WithMessage("*Any*");
    }

    [Fact]
    public async Task A_route_cannot_be_mapped_that_says_nothing_of_a_part_of_its_path()
    {
        await using var app = WebApplication.CreateBuilder().Build();

        var map = () => app.MapDescribed("GET", "/things/{id}", new ApiOperation("Get", "Gets a thing") { Answer = Any }, _ => Task.CompletedTask);

        map.Should().Throw<InvalidOperationException>().WithMessage("*/things/{id}*");
    }

    [Fact]
    public void A_parameter_that_is_not_told_cannot_be_read()
    {
        var request = new ApiRequest(new DefaultHttpContext(), new ApiOperation("Get", "Gets a thing") { Answer = Any });

        var read = () => request.Number(new ApiParameter.Number("limit", "At most.", Usual: 1));

        read.Should().Throw<InvalidOperationException>().WithMessage("*limit*");
    }

    private static DescribedApi Read(params RouteEndpoint[] routes) => new(System.Text.Encoding.UTF8.GetString(OpenApiDocument.Write(routes, "/api/v1")));

    private static RouteEndpoint Route(string pattern, ApiOperation? operation, string method = "GET") => new(
        _ => Task.CompletedTask,
        RoutePatternFactory.Parse(pattern),
        0,
        new EndpointMetadataCollection([new HttpMethodMetadata([method, "HEAD"]), .. operation is null ? Array.Empty<object>() : [operation]]),
        pattern);
}
