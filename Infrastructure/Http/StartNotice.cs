using ScimSlice.Infrastructure.Configuration;

namespace ScimSlice.Infrastructure.Http;

/// <summary>What the operator is told once the server listens.</summary>
public sealed class StartNotice(PublicAddress address, ScimSliceOptions options)
{
    public static string FirstToken(string organization, string secret) =>
        $"Bearer token of the organization '{organization}', shown this once: {secret}";

    /// <summary>Writes the base URL, and warnings with their remedies.</summary>
    public void WriteTo(TextWriter output)
    {
        foreach (var line in Lines())
        {
            output.WriteLine(line);
        }
    }

    private IEnumerable<string> Lines()
    {
        var urls = address.Urls;
        yield return $"ScimSlice serves SCIM 2.0. Base URL: {urls.BaseUrl}";
        if (options.PublicBaseUrl is null && address.Listening.Any(listening => listening.IsWildcard))
        {
            yield return "Warning: URLs in answers say localhost. Set ScimSlice:PublicBaseUrl to the address that clients use.";
        }

        if (address.Listening.Any(listening => !listening.IsHttps && !listening.IsLoopback)
            && options.PublicBaseUrl?.StartsWith("https:", StringComparison.Ordinal) != true)
        {
            yield return "Warning: tokens and users cross the network in plain HTTP. Configure a certificate (Kestrel:Certificates), "
                + "or put a TLS-terminating proxy in front and set ScimSlice:PublicBaseUrl to its https address.";
        }
    }
}
