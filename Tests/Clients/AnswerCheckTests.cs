using System.Net;
using System.Text.Json;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Clients;

/// <summary>A recorded answer that is wrong in one thing is noticed, else the conversations would prove nothing.</summary>
public sealed class AnswerCheckTests
{
    private const string Ana = "0199aaaa-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("""{"n":1,"b":true,"c":null,"d":["x",{}]}""", """{"d":["x",{}],"c":null,"b":true,"n":1}""")]
    [InlineData("""{"id":"{{id}}","detail":"'{{id}}' is gone"}""", $$"""{"id":"{{Ana}}","detail":"'{{Ana}}' is gone"}""")]
    [InlineData("""{"id":"{{id:ana}}"}""", $$"""{"id":"{{Ana}}"}""")]
    [InlineData("""{"at":"{{time}}","version":"{{version}}"}""", """{"at":"2026-11-23T10:00:00.000Z","version":"W/\"1\""}""")]
    [InlineData("""{"location":"{{baseUrl}}/Users/{{id}}"}""", $$"""{"location":"http://localhost/scim/v2/Users/{{Ana}}"}""")]
    public void A_right_expectation_is_met(string expected, string answered)
    {
        var differences = AnswerCheck.Differences(Expected(200, expected), Answer(answered), Values());

        differences.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"n":2}""", """{"n":1}""", "body.n: 2 expected, 1 answered")]
    [InlineData("""{"n":1.0}""", """{"n":1}""", "body.n: 1.0 expected, 1 answered")]
    [InlineData("""{"n":"1"}""", """{"n":1}""", "body.n: \"1\" expected, 1 answered")]
    [InlineData("""{"b":false}""", """{"b":true}""", "body.b: false expected, true answered")]
    [InlineData("""{"s":"Ana"}""", """{"s":"ana"}""", "body.s: \"Ana\" expected, \"ana\" answered")]
    [InlineData("""{"s":"a.c"}""", """{"s":"abc"}""", "body.s: \"a.c\" expected, \"abc\" answered")]
    [InlineData("""{}""", """{"b":null}""", "body.b: nothing expected, null answered")]
    [InlineData("""{"b":null}""", """{}""", "body.b: null expected, nothing answered")]
    [InlineData("""{"b":1}""", """{"b":1,"b":1}""", "body.b: answered twice")]
    [InlineData("""{"d":["x","y"]}""", """{"d":["y","y"]}""", "body.d[0]: \"x\" expected, \"y\" answered")]
    [InlineData("""{"d":["x"]}""", """{"d":["x","y"]}""", "body.d: 1 values expected, 2 answered")]
    [InlineData("""{"d":[{}]}""", """{"d":[{"e":1}]}""", "body.d[0].e: nothing expected, 1 answered")]
    [InlineData("""{"id":"{{id}}"}""", """{"id":"7"}""", "body.id: \"{{id}}\" expected, \"7\" answered")]
    [InlineData("""["{{id}}","{{id}}"]""", $$"""["{{Ana}}","7"]""", "body[1]: \"{{id}}\" expected, \"7\" answered")]
    [InlineData("""["{{id:ana}}","{{id:bo}}"]""", $$"""["{{Ana}}","{{Ana}}"]""", $"body[1]: \"{{{{id:bo}}}}\" expected, \"{Ana}\" answered")]
    [InlineData("""{"at":"{{time}}"}""", """{"at":"2026-11-23"}""", "body.at: \"{{time}}\" expected, \"2026-11-23\" answered")]
    public void A_body_that_differs_is_noticed(string expected, string answered, string difference)
    {
        var differences = AnswerCheck.Differences(Expected(200, expected), Answer(answered), Values());

        differences.Should().Equal(difference);
    }

    [Theory]
    [InlineData(201, """{"a":1}""", "W/\"1\"", "status: 201 expected, 200 answered")]
    [InlineData(200, null, "W/\"1\"", "body: none expected, one answered")]
    [InlineData(200, """{"a":1}""", "W/\"2\"", "header ETag: W/\"2\" expected, W/\"1\" answered")]
    public void A_status_a_body_and_a_header_that_differ_are_noticed(int status, string? body, string tag, string difference)
    {
        var differences = AnswerCheck.Differences(Expected(status, body, tag), Answer("""{"a":1}"""), Values());

        differences.Should().Equal(difference);
    }

    [Fact]
    public void An_answer_of_another_media_type_is_noticed()
    {
        var differences = AnswerCheck.Differences(Expected(200, "{}"), Answer("{}", "application/json"), Values());

        differences.Should().Equal("header Content-Type: application/scim+json expected, application/json answered");
    }

    [Fact]
    public void An_answer_without_a_body_is_noticed()
    {
        var differences = AnswerCheck.Differences(Expected(200, "{}"), Answer(""), Values());

        differences.Should().Equal("body: one expected, none answered");
    }

    private static ServerValues Values() => new("http://localhost/scim/v2");

    private static RecordedResponse Expected(int status, string? body, string tag = "{{version}}") => new()
    {
        Status = status,
        Headers = new Dictionary<string, string> { ["ETag"] = tag },
        Body = body is null ? null : JsonDocument.Parse(body).RootElement,
    };

    private static ScimAnswer Answer(string body, string mediaType = "application/scim+json")
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) };
        response.Content.Headers.ContentType = new(mediaType);
        response.Headers.TryAddWithoutValidation("ETag", "W/\"1\"");
        return new ScimAnswer(200, response.Headers, response.Content.Headers, body);
    }
}
