using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>What a connection is limited to: idle time, and on HTTP/2 what the server's settings say.</summary>
public sealed class ConnectionTests : IDisposable
{
    private const int MaxConcurrentStreams = 3;
    private const int MaxHeaderListSize = 6;

    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-h2-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_connection_that_is_not_used_ends()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Limits:KeepAliveSeconds", "1");
        var client = await started.Value.CreateOrganizationAsync();
        using var raw = new RawHttp(started.Value.Origin);
        raw.Write($"GET /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\n\r\n");
        raw.ReadAnswer("GET").Status.Should().Be(200);

        raw.IsEnded().Should().BeTrue();
    }

    [Fact]
    public async Task On_HTTP_2_streams_and_headers_are_so_many_as_the_settings_say()
    {
        await using var started = await SecureAsync("--ScimSlice:Limits:MaxStreamsPerConnection", "7", "--ScimSlice:Limits:MaxHeaderBytes", "4096");
        using var tcp = new TcpClient(started.Value.Origin.Host, started.Value.Origin.Port);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] });

        // RFC 9113 §3.4: both sides begin with their settings.
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
        var head = new byte[9];
        await tls.ReadExactlyAsync(head).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await tls.ReadExactlyAsync(payload).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        head[3].Should().Be(4, "the first frame holds the settings");
        var settings = payload.Chunk(6).ToDictionary(pair => (int)BinaryPrimitives.ReadUInt16BigEndian(pair), pair => BinaryPrimitives.ReadUInt32BigEndian(pair.AsSpan(2)));
        settings.Should().Contain(MaxConcurrentStreams, 7u).And.Contain(MaxHeaderListSize, 4096u);
    }

    [Fact]
    public async Task On_HTTP_2_headers_beyond_the_limit_are_refused_and_others_are_served()
    {
        await using var started = await SecureAsync("--ScimSlice:Limits:MaxHeaderBytes", "4096");
        var client = await started.Value.CreateOrganizationAsync();
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var http = new HttpClient(handler);

        (await SendAsync(http, started.Value, client, 100)).Should().Be(200);
        var refused = await SendAsync(http, started.Value, client, 6000);
        (await SendAsync(http, started.Value, client, 100)).Should().Be(200);

        (refused is null or 431).Should().BeTrue("HTTP/2 may end the connection instead, and {0} was told", refused);
    }

    /// <summary>The status; null where the connection or the stream was ended.</summary>
    private static async Task<int?> SendAsync(HttpClient http, ScimHost host, ScimClient client, int length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Origin, "/scim/v2/Users")) { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Authorization", client.Authorization);
        request.Headers.TryAddWithoutValidation("X-Long", new string('a', length));
        try
        {
            using var answer = await http.SendAsync(request);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private Task<StartedHost> SecureAsync(params string[] settings)
    {
        var server = TestCertificates.Write(TestCertificates.Create("localhost", null, TestCertificates.ForServers), folder);
        return StartedHost.StartAsync([
            "--urls", "https://127.0.0.1:0", "--Kestrel:Certificates:Default:Path", server.Certificate, "--Kestrel:Certificates:Default:KeyPath", server.Key, "--ScimSlice:Limits:MaxRequestLineBytes", "2048", .. settings]);
    }
}
