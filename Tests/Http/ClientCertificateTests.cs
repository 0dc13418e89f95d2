using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>Certificates that clients show of themselves, over real TLS connections.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string Token = "the-token-of-an-organization-0123456789";

    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-mtls-").FullName;
    private readonly X509Certificate2 authority = TestCertificates.CreateAuthority("authority");
    private readonly string authorityFile;

    public ClientCertificateTests() => authorityFile = TestCertificates.Write(authority, folder).Certificate;

    [Fact]
    public async Task Where_none_is_asked_for_none_is_needed_and_any_is_passed_over()
    {
        await using var app = await StartAsync();

        (await StatusAsync(Https(app), null)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(Https(app), TestCertificates.Create("stranger", null, TestCertificates.ForClients))).Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Allow")]
    [InlineData("Require")]
    public async Task A_certificate_of_a_named_authority_lets_a_client_in_and_the_token_is_needed_still(string mode)
    {
        await using var app = await StartAsync(mode);
        var direct = TestCertificates.Create("client", authority, TestCertificates.ForClients);
        var between = TestCertificates.CreateAuthority("between", authority);
        var indirect = TestCertificates.Create("client", between, TestCertificates.ForClients);

        (await StatusAsync(Https(app), direct)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(Https(app), direct, token: "")).Should().Be(HttpStatusCode.Unauthorized);
        (await StatusAsync(Https(app), indirect, between)).Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("of another authority")]
    [InlineData("of an authority of the same name")]
    [InlineData("of nobody")]
    [InlineData("of a client")]
    [InlineData("that has expired")]
    [InlineData("for servers")]
    [InlineData("for nothing in particular")]
    public async Task Any_other_certificate_is_refused_whether_one_is_required_or_not(string certificate)
    {
        var client = TestCertificates.Create("client", authority, TestCertificates.ForClients);
        var shown = certificate switch
        {
            "of another authority" => TestCertificates.Create("client", TestCertificates.CreateAuthority("other"), TestCertificates.ForClients),
            "of an authority of the same name" => TestCertificates.Create("client", TestCertificates.CreateAuthority("authority"), TestCertificates.ForClients),
            "of nobody" => TestCertificates.Create("client", null, TestCertificates.ForClients),
            "of a client" => TestCertificates.Create("client of a client", client, TestCertificates.ForClients),
            "that has expired" => TestCertificates.Create("client", authority, TestCertificates.ForClients, hasExpired: true),
            "for servers" => TestCertificates.Create("client", authority, TestCertificates.ForServers),
            _ => TestCertificates.Create("client", authority, usage: null),
        };

        foreach (var mode in (string[])["Allow", "Require"])
        {
            await using var app = await StartAsync(mode);

            (await StatusAsync(Https(app), shown, client)).Should().BeNull(mode);
            (await StatusAsync(Https(app), client)).Should().Be(HttpStatusCode.OK, mode);
        }
    }

    [Fact]
    public async Task Without_a_certificate_nothing_is_reached_where_one_is_required()
    {
        await using var app = await StartAsync("Require");

        (await StatusAsync(Https(app), null)).Should().BeNull();
        (await StatusAsync(Https(app), null, path: "/livez")).Should().BeNull();
    }

    [Fact]
    public async Task Where_one_is_allowed_none_is_needed()
    {
        await using var app = await StartAsync("Allow");

        (await StatusAsync(Https(app), null)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_endpoint_that_cannot_ask_for_one_serves_probes_and_nothing_else_where_one_is_required()
    {
        await using var app = await StartAsync(
            "Require", "--Kestrel:Endpoints:Main:Url", "https://127.0.0.1:0", "--Kestrel:Endpoints:Plain:Url", "http://127.0.0.1:0",
            "--Kestrel:Endpoints:Spared:Url", "https://127.0.0.2:0", "--Kestrel:Endpoints:Spared:ClientCertificateMode", "NoCertificate");
        var client = TestCertificates.Create("client", authority, TestCertificates.ForClients);
        var (main, plain, spared) = (Https(app, "127.0.0.1"), Addresses(app).Single(address => address.Scheme == "http"), Https(app, "127.0.0.2"));

        foreach (var endpoint in (Uri[])[plain, spared])
        {
            foreach (var probe in (string[])["/livez", "/readyz", "/metrics"])
            {
                (await StatusAsync(endpoint, null, path: probe)).Should().Be(HttpStatusCode.OK);
            }

            (await StatusAsync(endpoint, null)).Should().Be(HttpStatusCode.Forbidden);
            (await StatusAsync(endpoint, null, path: "/scim/v2/Nothing")).Should().Be(HttpStatusCode.Forbidden);
            (await StatusAsync(endpoint, null, path: "/oauth/token", method: "POST")).Should().Be(HttpStatusCode.Forbidden);
            (await StatusAsync(endpoint, null, path: "/OAuth/Token/", method: "POST")).Should().Be(HttpStatusCode.Forbidden);
        }

        (await StatusAsync(main, client)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(main, null)).Should().BeNull();
    }

    [Fact]
    public async Task Nothing_is_fetched_from_where_a_certificate_says_that_its_issuer_is()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var app = await StartAsync("Require");
        var shown = TestCertificates.Create(
            "client", TestCertificates.CreateAuthority("other"), TestCertificates.ForClients, issuerAddress: new Uri($"http://{listener.LocalEndpoint}/issuer.crt"));

        var status = await StatusAsync(Https(app), shown);

        status.Should().BeNull();
        listener.Pending().Should().BeFalse();
    }

    [Fact]
    public async Task The_health_check_finds_the_endpoint_that_asks_for_none()
    {
        var server = TestCertificates.Write(TestCertificates.Create("server", null, TestCertificates.ForServers), folder);
        await using var program = new ScimProgram();
        program["ASPNETCORE_URLS"] = null;
        program["Kestrel__Certificates__Default__Path"] = server.Certificate;
        program["Kestrel__Certificates__Default__KeyPath"] = server.Key;
        program["Kestrel__Endpoints__Main__Url"] = $"https://127.0.0.1:{ScimProgram.FreePort()}";
        program["Kestrel__Endpoints__Probes__Url"] = $"http://127.0.0.1:{ScimProgram.FreePort()}";
        program["ScimSlice__ClientCertificates__Mode"] = "Require";
        program["ScimSlice__ClientCertificates__Authorities"] = authorityFile;
        await program.ServeAsync();

        var result = await program.RunAsync("healthcheck");

        result.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
    }

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private Task<WebApplication> StartAsync(string? mode = null, params string[] settings)
    {
        var server = TestCertificates.Write(TestCertificates.Create("server", null, TestCertificates.ForServers), folder);
        return Program.StartAsync(
        [
            .. settings.Length == 0 ? (string[])["--urls", "https://127.0.0.1:0"] : settings,
            "--Kestrel:Certificates:Default:Path", server.Certificate,
            "--Kestrel:Certificates:Default:KeyPath", server.Key,
            "--ScimSlice:Bootstrap:Token", Token,
            "--ScimSlice:Database:ConnectionString", $"Data Source={Path.Combine(folder, $"{Guid.NewGuid():n}.db")}",
            .. mode is null ? (string[])[] : ["--ScimSlice:ClientCertificates:Mode", mode, "--ScimSlice:ClientCertificates:Authorities", authorityFile],
        ]);
    }

    private static IEnumerable<Uri> Addresses(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address));

    private static Uri Https(WebApplication app, string host = "127.0.0.1") => Addresses(app).Single(address => address.Scheme == "https" && address.Host == host);

    /// <summary>What a client that shows this certificate, with the one between it and the authority, is answered; null where the connection is refused.</summary>
    private static async Task<HttpStatusCode?> StatusAsync(
        Uri server, X509Certificate2? certificate, X509Certificate2? between = null, string path = "/scim/v2/Users", string token = Token, string method = "GET")
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        handler.SslOptions.ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, between is null ? null : [between], offline: true);
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server, path));
        if (token.Length > 0)
        {
            request.Headers.Add("Authorization", $"Bearer {token}");
        }

        try
        {
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
