using System.Text;

namespace ScimSlice.Tests.Support;

/// <summary>A client of one organization: sends what it is told, to the letter, over real HTTP.</summary>
public sealed class ScimClient(Uri origin, string organization, string tokenId, string? authorization)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public string Organization => organization;

    public string TokenId => tokenId;

    public string? Authorization => authorization;

    public string BaseUrl => $"{origin.GetLeftPart(UriPartial.Authority)}/scim/v2";

    public Task<ScimAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    public Task<ScimAnswer> PostAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync("POST", path, body, headers);

    public Task<ScimAnswer> PutAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync("PUT", path, body, headers);

    public Task<ScimAnswer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync("DELETE", path, null, headers);

    /// <summary>A PATCH with these operations: <c>{"op":"replace","path":"title","value":"Lead"}</c>.</summary>
    public Task<ScimAnswer> PatchAsync(string path, string operations, params (string Name, string Value)[] headers) =>
        SendAsync("PATCH", path, $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""", headers);

    /// <summary>Users that a filter selects; the filter is encoded for the URL.</summary>
    public Task<ScimAnswer> FilterAsync(string filter) => GetAsync($"/Users?filter={Uri.EscapeDataString(filter)}");

    /// <summary>Creates a user with this name and these further members (<c>"title":"Lead"</c>).</summary>
    public async Task<ScimAnswer> CreateUserAsync(string userName, string members = "")
    {
        var answer = await PostAsync("/Users", User(userName, members));
        return answer.Status == 201 ? answer : throw new InvalidOperationException($"{answer.Status}: {answer.Text}");
    }

    /// <summary>Creates a group with this name and these members, by their ids.</summary>
    public async Task<ScimAnswer> CreateGroupAsync(string displayName, params string[] members)
    {
        var answer = await PostAsync("/Groups", Group(displayName, members));
        return answer.Status == 201 ? answer : throw new InvalidOperationException($"{answer.Status}: {answer.Text}");
    }

    /// <summary>The JSON of a group.</summary>
    public static string Group(string displayName, params string[] members) =>
        $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{{displayName}}","members":[{{string.Join(',', members.Select(id => $$"""{"value":"{{id}}"}"""))}}]}""";

    /// <summary>The JSON of a user.</summary>
    public static string User(string userName, string members = "") =>
        $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{userName}}"{{(members.Length > 0 ? "," : "")}}{{members}}}""";

    /// <summary>A GET of the application API, below <c>/api/v1</c>.</summary>
    public Task<ScimAnswer> GetApiAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", $"/../../api/v1{path}", null, headers);

    /// <summary>Any request. <paramref name="path"/> is relative to the SCIM base URL; a header named Content-Type replaces the body's, an empty one leaves it out.</summary>
    public Task<ScimAnswer> SendAsync(string method, string path, string? body, params (string Name, string Value)[] headers) =>
        SendBytesAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), headers);

    /// <summary>The same with a body that need not be text.</summary>
    public async Task<ScimAnswer> SendBytesAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{BaseUrl}{path}"));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/scim+json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.Remove(name);
                if (value.Length > 0)
                {
                    request.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Http.SendAsync(request);
        return new ScimAnswer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }
}
