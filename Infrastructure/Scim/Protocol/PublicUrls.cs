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
    public string TokenUrl => $"{Origin}/oauth/token";

    /// <summary>Where the application API lies.</summary>
    public string ApiUrl => $"{Origin}/api/v1";

    private string Origin => BaseUrl.EndsWith(ScimPath, StringComparison.Ordinal) ? BaseUrl[..^ScimPath.Length] : BaseUrl;

    /// <summary>What an organization's security event tokens name as their issuer; its keys are told at <c>/jwks.json</c> below.</summary>
    public string Issuer(string organizationId) => $"{ApiUrl}/issuers/{organizationId}";

    /// <summary>Where a request that is carried out later tells what became of it.</summary>
    public string Completion(string txn) => $"{BaseUrl}/.async/{txn}";

    public string Resource(ResourceType type, string id) => $"{BaseUrl}{type.Endpoint}/{id}";
}
