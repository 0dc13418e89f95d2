using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ScimSlice.Tests.Support;

/// <summary>Certificates of one day, made for a test.</summary>
internal static class TestCertificates
{
    public const string ForClients = "1.3.6.1.5.5.7.3.2";
    public const string ForServers = "1.3.6.1.5.5.7.3.1";

    /// <summary>An authority; one that trusts itself where no issuer is named.</summary>
    public static X509Certificate2 CreateAuthority(string name, X509Certificate2? issuer = null) => Create(name, issuer, isAuthority: true, usage: null);

    /// <summary>A certificate with its key.</summary>
    /// <param name="usage">The object identifier of what it is for; null to say nothing of that.</param>
    /// <param name="hasExpired">Whether its time is over.</param>
    /// <param name="issuerAddress">Where it says that its issuer's certificate can be fetched.</param>
    public static X509Certificate2 Create(
        string name, X509Certificate2? issuer, string? usage, bool hasExpired = false, Uri? issuerAddress = null) => Create(name, issuer, isAuthority: false, usage, hasExpired, issuerAddress);

    /// <summary>Writes certificate and key as PEM into a folder and returns the two paths.</summary>
    public static (string Certificate, string Key) Write(X509Certificate2 certificate, string folder)
    {
        var name = Path.Combine(folder, Guid.NewGuid().ToString("n"));
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText($"{name}.key", key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText($"{name}.pem", certificate.ExportCertificatePem());
        return ($"{name}.pem", $"{name}.key");
    }

    private static X509Certificate2 Create(
        string name, X509Certificate2? issuer, bool isAuthority, string? usage, bool hasExpired = false, Uri? issuerAddress = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        if (issuerAddress is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAddress.ToString()]));
        }

        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddHours(hasExpired ? -1 : 1));
        if (issuer is null)
        {
            return Exported(request.CreateSelfSigned(from, to));
        }

        using var signed = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), from, to, RandomNumberGenerator.GetBytes(16));
        return Exported(signed.CopyWithPrivateKey(key));
    }

    /// <summary>With a key that TLS can use on every system.</summary>
    private static X509Certificate2 Exported(X509Certificate2 certificate) => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
