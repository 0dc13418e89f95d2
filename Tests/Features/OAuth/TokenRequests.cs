using System.Text;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Features.OAuth;

/// <summary>Token requests as clients send them.</summary>
internal static class TokenRequests
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static readonly HttpClient Http = new();

    /// <summary>A form as it stands, with these headers.</summary>
    public static async Task<ScimAnswer> PostFormAsync(this ScimHost host, string form, string contentType = "application/x-www-form-urlencoded", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Origin, "/oauth/token")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(form)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request);
        return new ScimAnswer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }

    public static Task<ScimAnswer> PostSecretAsync(this ScimHost host, string id, string secret, string more = "") =>
        host.PostFormAsync($"grant_type=client_credentials&client_id={Uri.EscapeDataString(id)}&client_secret={Uri.EscapeDataString(secret)}{more}");

    public static Task<ScimAnswer> PostAssertionAsync(this ScimHost host, string assertion, string? id = null) =>
        host.PostFormAsync($"grant_type=client_credentials{(id is null ? "" : $"&client_id={id}")}&client_assertion_type={Uri.EscapeDataString(AssertionType)}&client_assertion={assertion}&scope=scim");

    /// <summary>A client that sends the access token that was answered.</summary>
    public static ScimClient ClientOf(this ScimHost host, ScimAnswer answer) => host.CreateClient($"Bearer {answer.Body["access_token"]!.GetValue<string>()}");

    /// <summary>The code of an error. RFC 6749 §5.2.</summary>
    public static string Error(this ScimAnswer answer) => answer.Body["error"]!.GetValue<string>();
}
