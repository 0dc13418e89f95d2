using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.OpenApi;

/// <summary>The document as it is served.</summary>
public sealed class OpenApiRouteTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Everybody_gets_the_document_with_the_address_of_the_service()
    {
        var nobody = host.CreateClient();

        var answer = await nobody.GetApiAsync("/openapi.json");
        var head = await nobody.SendAsync("HEAD", "/../../api/v1/openapi.json", null);

        answer.Status.Should().Be(200);
        answer.ContentHeaders.ContentType!.MediaType.Should().Be("application/json");
        var api = new DescribedApi(answer.Text);
        api.Root["servers"]!.ShouldBeJson($$"""[{ "url": "{{host.Origin.GetLeftPart(UriPartial.Authority)}}/api/v1" }]""");
        api.Root["servers"] = DescribedApi.Of(host).Root["servers"]!.DeepClone();
        api.Root.ShouldBeJson(DescribedApi.Of(host).Text);
        (head.Status, head.Text, head.ContentHeaders.ContentLength).Should().Be((200, "", answer.ContentHeaders.ContentLength));
    }

    [Fact]
    public async Task Its_address_is_the_public_one_where_that_is_set()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:PublicBaseUrl", "https://scim.example.com/x");

        var api = new DescribedApi((await started.Value.CreateClient().GetApiAsync("/openapi.json")).Text);

        api.Root["servers"]!.ShouldBeJson("""[{ "url": "https://scim.example.com/x/api/v1" }]""");
    }

    [Fact]
    public async Task Who_has_it_is_not_sent_it_again()
    {
        var nobody = host.CreateClient();
        var tag = (await nobody.GetApiAsync("/openapi.json")).Tag!;

        var same = await nobody.GetApiAsync("/openapi.json", ("If-None-Match", $"\"other\", W/{tag}"));
        var any = await nobody.GetApiAsync("/openapi.json", ("If-None-Match", "*"));
        var other = await nobody.GetApiAsync("/openapi.json", ("If-None-Match", "\"other\""));

        (same.Status, same.Text, same.Tag).Should().Be((304, "", tag));
        any.Status.Should().Be(304);
        (other.Status, other.Tag).Should().Be((200, tag));
    }
}
