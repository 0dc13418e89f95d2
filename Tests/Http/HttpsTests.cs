using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Configuration;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class HttpsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-tls-").FullName;

    private string CertificateFile => Path.Combine(folder, "cert.pem");

    private string KeyFile => Path.Combine(folder, "key.pem");

    [Fact]
    public async Task A_renewed_certificate_is_served_without_a_restart()
    {
        WriteCertificate("first");
        await using var app = await StartAsync();
        (await ServedSubjectAsync(app)).Should().Be("CN=first");

        WriteCertificate("second");

        (await EventuallyServedAsync(app, "CN=second")).Should().BeTrue();
    }

    [Fact]
    public async Task A_broken_renewal_leaves_the_former_certificate_in_use_until_it_is_mended()
    {
        WriteCertificate("first");
        await using var app = await StartAsync();

        await File.WriteAllTextAsync(CertificateFile, "no certificate");
        await Task.Delay(TimeSpan.FromSeconds(3));
        (await ServedSubjectAsync(app)).Should().Be("CN=first");
        WriteCertificate("second");

        (await EventuallyServedAsync(app, "CN=second")).Should().BeTrue();
    }

    [Fact]
    public async Task Over_TLS_clients_are_told_to_stay_there()
    {
        WriteCertificate("first");
        await using var app = await StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler);

        using var answer = await http.GetAsync(new Uri(address, "/scim/v2/Users"));

        answer.StatusCode.Should().Be(System.Net.HttpStatusCode.Unauthorized);
        answer.Headers.GetValues("Strict-Transport-Security").Should().Equal("max-age=31536000");
        answer.Headers.Contains("Server").Should().BeFalse();
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_stops_the_start_with_a_line()
    {
        await File.WriteAllTextAsync(CertificateFile, "no certificate");
        await File.WriteAllTextAsync(KeyFile, "no key");

        var start = StartAsync;

        (await start.Should().ThrowAsync<ConfigurationException>()).Which.Message.Should().Contain(CertificateFile).And.NotContain("\n");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<WebApplication> StartAsync() => Program.StartAsync(
    [
        "--urls", "https://127.0.0.1:0",
        "--Kestrel:Certificates:Default:Path", CertificateFile,
        "--Kestrel:Certificates:Default:KeyPath", KeyFile,
        "--ScimSlice:Database:ConnectionString", $"Data Source={Path.Combine(folder, "scimslice.db")}",
    ]);

    /// <summary>Key first, certificate second, as renewal tools do: between the two they do not fit each other.</summary>
    private void WriteCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
    }

    private static async Task<bool> EventuallyServedAsync(WebApplication app, string subject)
    {
        for (var attempt = 0; attempt < 60; attempt++)
        {
            if (await ServedSubjectAsync(app) == subject)
            {
                return true;
            }

            await Task.Delay(250);
        }

        return false;
    }

    private static async Task<string> ServedSubjectAsync(WebApplication app)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var tcp = new TcpClient(address.Host, address.Port);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        using var certificate = new X509Certificate2(tls.RemoteCertificate!);
        return certificate.Subject;
    }
}
