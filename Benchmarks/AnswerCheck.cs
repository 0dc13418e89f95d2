using System.Text;
using System.Text.Json;

namespace ScimSlice.Benchmarks;

/// <summary>Looks at one answer of each operation before it is measured: an answer that is not what was asked for is worth no time.</summary>
internal static class AnswerCheck
{
    public static async Task CheckAsync(Operation operation, Side side, SeedFile seed, string id, string userName)
    {
        var body = operation.Name switch
        {
            "get" => await AskAsync(side, operation, HttpMethod.Get, id, null),
            "filter" or "email" or "work" => await AskAsync(side, operation, HttpMethod.Get, userName, null),
            "list" => await AskAsync(side, operation, HttpMethod.Get, "", null),
            "patch" when !side.IsProbe => await AskAsync(side, operation, HttpMethod.Patch, id, Patch("false")),
            _ => await AskAsync(side, operation, HttpMethod.Post, "", SeedFile.Body.Replace("NAME", $"check-{Guid.NewGuid():N}", StringComparison.Ordinal)),
        };

        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        switch (operation.Name)
        {
            case "list":
                var resources = root.GetProperty("Resources");
                Require(resources.GetArrayLength() == Math.Min(100, seed.Users), "does not list 100 users");
                Require(root.GetProperty("totalResults").GetInt64() >= seed.Users, "does not count all users");
                Require(resources.EnumerateArray().All(IsUser), "lists something else than users");
                break;
            case "filter" or "email" or "work" when !side.IsProbe:
                Require(root.GetProperty("totalResults").GetInt32() == 1, "does not find one user");
                Require(IsUser(root.GetProperty("Resources")[0]) && root.GetProperty("Resources")[0].GetProperty("id").GetString() == id, "finds another user");
                break;
            case "get" or "filter" or "email" or "work":
                Require(IsUser(root) && root.GetProperty("id").GetString() == id, "answers with another user");
                break;
            case "patch" when !side.IsProbe:
                Require(IsUser(root) && !root.GetProperty("active").GetBoolean(), "did not change the user");

                // As it was, so that the load changes it again.
                await AskAsync(side, operation, HttpMethod.Patch, id, Patch("true"));
                break;
            default:
                Require(root.GetProperty("userName").GetString()!.StartsWith("check-", StringComparison.Ordinal), "answers with another user");
                break;
        }

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw new BenchmarkException($"{operation.Title}: {(side.IsProbe ? "the probe" : "ScimSlice")} {otherwise}: {body[..Math.Min(300, body.Length)]}");
            }
        }
    }

    private static bool IsUser(JsonElement user) => user.TryGetProperty("userName", out _) && user.TryGetProperty("emails", out var emails) && emails.GetArrayLength() == 2;

    private static string Patch(string active) =>
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":{{active}}}]}""";

    private static async Task<string> AskAsync(Side side, Operation operation, HttpMethod method, string key, string? body)
    {
        var path = side.IsProbe ? $"{operation.ProbePath}{key}" : $"{operation.ProductPath}{key}{operation.ProductSuffix}";
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/scim+json");
        }

        using var answer = await side.Server.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new BenchmarkException($"{operation.Title}: {(int)answer.StatusCode} {text}");
    }
}
