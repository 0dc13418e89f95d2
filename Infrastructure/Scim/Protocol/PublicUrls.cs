using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>The absolute URLs that are handed out, all below one base URL, which comes from the configuration and never from a request.</summary>
/// <param name="BaseUrl">The SCIM base URL without a trailing slash: <c>https://scim.example.com/scim/v2</c>.</param>
public sealed record PublicUrls(string BaseUrl)
{
    private const string ScimPath = "/scim/v2";

    /// <summary>The base URL in the form in which answers are written.</summary>
    public ReadOnlyMemory<byte> BaseUrlUtf8 { get; } = System.Text.Encoding.UTF8.GetBytes(BaseUrl);

    /// <summary>Where access tokens are given: beside the SCIM base URL.</summary>
    public string TokenUrl => $"{(BaseUrl.EndsWith(ScimPath, StringComparison.Ordinal) ? BaseUrl[..^ScimPath.Length] : BaseUrl)}/oauth/token";

    public string Resource(ResourceType type, string id) => $"{BaseUrl}{type.Endpoint}/{id}";
}
