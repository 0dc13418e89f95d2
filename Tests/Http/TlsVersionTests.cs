using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>Versions of TLS that the server speaks, on a system whose own settings would let it speak older ones.</summary>
public sealed class TlsVersionTests : IDisposable
{
    private const int Alert = 21;
    private const int Handshake = 22;
    private const int ProtocolVersion = 70;

    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-tls-").FullName;

    [OnLinuxSqliteFact]
    public async Task Nothing_older_than_TLS_1_2_is_spoken_whatever_the_system_would_take()
    {
        var server = TestCertificates.Write(TestCertificates.Create("server", null, TestCertificates.ForServers), folder);
        var permissive = Path.Combine(folder, "openssl.cnf");
        await File.WriteAllTextAsync(permissive, """
            openssl_conf = conf
            [conf]
            ssl_conf = ssl
            [ssl]
            system_default = defaults
            [defaults]
            MinProtocol = TLSv1
            CipherString = ALL:@SECLEVEL=0
            """);
        await using var program = new ScimProgram();
        program["OPENSSL_CONF"] = permissive;
        program["ASPNETCORE_URLS"] = "https://127.0.0.1:0";
        program["Kestrel__Certificates__Default__Path"] = server.Certificate;
        program["Kestrel__Certificates__Default__KeyPath"] = server.Key;
        await program.ServeAsync();

        var (tls10, tls11, tls12) = (Hello(program.Origin!, 0x0301), Hello(program.Origin!, 0x0302), Hello(program.Origin!, 0x0303));

        tls10.Should().Be((Alert, ProtocolVersion));
        tls11.Should().Be((Alert, ProtocolVersion));
        tls12.Type.Should().Be(Handshake);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The kind of the record that a ClientHello of that version is answered with, and what the alert says where it is one. RFC 4346 §7.4.1.</summary>
    private static (int Type, int Description) Hello(Uri origin, ushort version)
    {
        byte[] ciphers = [0xc0, 0x2b, 0xc0, 0x09, 0xc0, 0x0a];
        byte[] extensions = [0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, .. version >= 0x0303 ? (byte[])[0, 13, 0, 4, 0, 2, 4, 3] : []];
        byte[] body = [.. Number(version), .. RandomNumberGenerator.GetBytes(32), 0, .. Number(ciphers.Length), .. ciphers, 1, 0, .. Number(extensions.Length), .. extensions];
        byte[] handshake = [1, 0, .. Number(body.Length), .. body];
        byte[] record = [Handshake, 3, 1, .. Number(handshake.Length), .. handshake];

        using var client = new TcpClient(origin.Host, origin.Port);
        var stream = client.GetStream();
        stream.ReadTimeout = 30_000;
        stream.Write(record);
        var answer = new byte[7];
        stream.ReadExactly(answer);
        return (answer[0], answer[0] == Alert ? answer[6] : 0);
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
