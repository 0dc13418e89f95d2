using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>What a connection is limited to: idle time, and on HTTP/2 what the server's settings say.</summary>
public sealed class ConnectionTests : IDisposable
{
    private const int Headers = 1;
    private const int ResetStream = 3;
    private const int Settings = 4;
    private const int GoAway = 7;
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
        await using var connection = await ConnectAsync(started.Value);

        var (kind, payload) = await ReadFrameAsync(connection);

        kind.Should().Be(Settings, "RFC 9113 §3.4: it is the first frame");
        payload.Chunk(6).ToDictionary(pair => (int)BinaryPrimitives.ReadUInt16BigEndian(pair), pair => BinaryPrimitives.ReadUInt32BigEndian(pair.AsSpan(2)))
            .Should().Contain(MaxConcurrentStreams, 7u).And.Contain(MaxHeaderListSize, 4096u);
    }

    [Theory]
    [InlineData(100, "401")]
    [InlineData(6000, "431")]
    public async Task On_HTTP_2_headers_beyond_the_limit_are_refused(int length, string status)
    {
        await using var started = await SecureAsync("--ScimSlice:Limits:MaxHeaderBytes", "4096");
        await using var connection = await ConnectAsync(started.Value);

        // RFC 7541: three names of the static table, and two of our own, not indexed and not compressed.
        byte[] block = [0x82, 0x84, 0x87, .. Literal(":authority", "localhost"), .. Literal("x-long", new string('a', length))];
        await connection.WriteAsync((byte[])[(byte)(block.Length >> 16), (byte)(block.Length >> 8), (byte)block.Length, Headers, 5, 0, 0, 0, 1, .. block]);

        while (true)
        {
            var (kind, payload) = await ReadFrameAsync(connection);
            if (kind is ResetStream or GoAway)
            {
                status.Should().Be("431", "it may end the stream or the connection instead");
                return;
            }

            if (kind == Headers)
            {
                Encoding.ASCII.GetString(payload).Should().Contain(status);
                return;
            }
        }
    }

    private static byte[] Literal(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. Length(value.Length), .. Encoding.ASCII.GetBytes(value)];

    /// <summary>RFC 7541 §5.1, with a prefix of seven bits.</summary>
    private static byte[] Length(int value) => value < 127 ? [(byte)value] : [127, (byte)(((value - 127) & 127) | 128), (byte)((value - 127) >> 7)];

    private static async Task<SslStream> ConnectAsync(ScimHost host)
    {
        var tcp = new TcpClient(host.Origin.Host, host.Origin.Port);
        var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] });
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
        return tls;
    }

    private static async Task<(int Kind, byte[] Payload)> ReadFrameAsync(SslStream connection)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = new byte[9];
        await connection.ReadExactlyAsync(head, patience.Token);
        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await connection.ReadExactlyAsync(payload, patience.Token);
        return (head[3], payload);
    }

    private Task<StartedHost> SecureAsync(params string[] settings)
    {
        var server = TestCertificates.Write(TestCertificates.Create("localhost", null, TestCertificates.ForServers), folder);
        return StartedHost.StartAsync([
            "--urls", "https://127.0.0.1:0", "--Kestrel:Certificates:Default:Path", server.Certificate, "--Kestrel:Certificates:Default:KeyPath", server.Key, "--ScimSlice:Limits:MaxRequestLineBytes", "2048", .. settings]);
    }
}
