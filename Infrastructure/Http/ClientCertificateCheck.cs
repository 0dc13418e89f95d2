using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using ScimSlice.Infrastructure.Configuration;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Certificates of clients, checked while the connection is made: issued by a named authority, within its time, and for clients.
/// A certificate opens the door to the token's check and never stands for a token.
/// </summary>
internal static class ClientCertificateCheck
{
    /// <summary>id-kp-clientAuth. RFC 5280 §4.2.1.12.</summary>
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>To be applied behind what else sets <see cref="HttpsConnectionAdapterOptions.OnAuthenticate"/>.</summary>
    public static void Apply(HttpsConnectionAdapterOptions https, ClientCertificates settings)
    {
        if (settings.Use == ClientCertificateUse.None)
        {
            return;
        }

        https.ClientCertificateMode = settings.Use == ClientCertificateUse.Require ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (certificate, _, errors) => errors == SslPolicyErrors.None && IsForClients(certificate);
        var before = https.OnAuthenticate;
        https.OnAuthenticate = (connection, ssl) =>
        {
            before?.Invoke(connection, ssl);
            ssl.CertificateChainPolicy = Policy(settings);
        };
    }

    /// <summary>
    /// An endpoint may be spared the demand by its own setting, and one in plain HTTP cannot make it: there the probes are served and
    /// nothing else.
    /// </summary>
    public static Task DemandAsync(HttpContext context, RequestDelegate next) =>
        context.Connection.ClientCertificate is null && (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null || context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: TokenEndpoint.Path })
            ? ScimErrors.WriteAsync(context, StatusCodes.Status403Forbidden, null, "This service is reached with a client certificate only.")
            : next(context);

    /// <summary>One for each connection: it gathers what the client sends. Nothing is fetched from where a certificate says.</summary>
    private static X509ChainPolicy Policy(ClientCertificates settings)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(settings.Authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy;
    }

    /// <summary>A certificate that does not say what it is for would pass for anything.</summary>
    private static bool IsForClients(X509Certificate2 certificate) => certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
        .Any(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(usage => usage.Value == ClientAuthentication));
}
