using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Configuration;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// The PEM certificate and key of <c>Kestrel:Certificates:Default</c>, read again when their files change. It looks at the files
/// every few seconds: renewals replace two files one after the other, or swap a link, which a file watcher sees in the wrong order.
/// </summary>
public sealed class CertificateFiles : BackgroundService
{
    private const string Section = "Kestrel:Certificates:Default";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string certificateFile;
    private readonly string keyFile;
    private readonly string? password;
    private readonly string firstThumbprint;
    private string stamp;
    private volatile SslStreamCertificateContext current;

    private CertificateFiles(string certificateFile, string keyFile, string? password)
    {
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        this.password = password;
        stamp = Stamp();
        current = Load();
        firstThumbprint = current.TargetCertificate.Thumbprint;
    }

    /// <summary>Told when a renewal is taken over, or why it cannot be.</summary>
    public ILogger? Log { get; set; }

    /// <summary>The files that are configured, null where none are. Throws <see cref="ConfigurationException"/> where they cannot be used.</summary>
    public static CertificateFiles? Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (section["Path"] is not { } certificateFile || section["KeyPath"] is not { } keyFile)
        {
            return null;
        }

        try
        {
            return new CertificateFiles(certificateFile, keyFile, section["Password"]);
        }
        catch (Exception fault) when (IsUnusable(fault))
        {
            throw new ConfigurationException([$"The certificate {certificateFile} with the key {keyFile} cannot be used: {fault.Message}"]);
        }
    }

    /// <summary>Serves the certificate of the moment on every HTTPS endpoint that has none of its own.</summary>
    public void Apply(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificate = current.TargetCertificate;
        https.OnAuthenticate = (_, ssl) =>
        {
            if (ssl.ServerCertificateContext?.TargetCertificate.Thumbprint == firstThumbprint
                || (ssl.ServerCertificate as X509Certificate2)?.Thumbprint == firstThumbprint)
            {
                ssl.ServerCertificateContext = current;
            }
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Refresh();
        }
    }

    private void Refresh()
    {
        try
        {
            var seen = Stamp();
            if (seen != stamp)
            {
                // Certificate and key that do not fit each other yet are tried again at the next look.
                current = Load();
                stamp = seen;
                Log?.LogInformation("The certificate {File} was renewed; it is valid until {NotAfter:u}", certificateFile, current.TargetCertificate.NotAfter.ToUniversalTime());
            }
        }
        catch (Exception fault) when (IsUnusable(fault))
        {
            Log?.LogWarning("The certificate {File} has changed and cannot be used yet: {Reason}. The former one stays in use", certificateFile, fault.Message);
        }
    }

    private string Stamp() => $"{File.GetLastWriteTimeUtc(certificateFile).Ticks} {File.GetLastWriteTimeUtc(keyFile).Ticks}";

    private SslStreamCertificateContext Load()
    {
        using var pem = password is null
            ? X509Certificate2.CreateFromPemFile(certificateFile, keyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(certificateFile, password, keyFile);
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static bool IsUnusable(Exception fault) => fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException;
}
