using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ScimSlice.Infrastructure.Outbound;

/// <summary>
/// Fetches what a URL names that somebody configured. The address is checked when the connection is made, after the name was looked up, so
/// that no name can point elsewhere meanwhile; redirects are not followed, no proxy is asked, no cookie kept.
/// </summary>
public sealed class OutboundClient(AddressGuard guard)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The body that a GET is answered with. Throws <see cref="OutboundException"/> where it cannot be had, is not 200, or is larger than <paramref name="maxBytes"/>.</summary>
    public async Task<byte[]> GetAsync(Uri url, int maxBytes, CancellationToken cancellationToken)
    {
        if (Fault(url) is { } unfit)
        {
            throw new OutboundException(unfit);
        }

        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Timeout);
            using var http = CreateHttp(Timeout);
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Accept.ParseAdd("application/json");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new OutboundException($"{url} answers {(int)response.StatusCode}; redirects are not followed.");
            }

            return await ReadAsync(response, url, maxBytes, timeout.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new OutboundException(fault is OperationCanceledException
                ? $"{url} does not answer within {Timeout.TotalSeconds:0} seconds."
                : $"{url} cannot be reached: {(fault.InnerException as OutboundException ?? fault).Message}", fault);
        }
    }

    /// <summary>Why a URL cannot be fetched, in one line; null where its address decides.</summary>
    public string? Fault(Uri url) => url switch
    {
        { IsAbsoluteUri: false } => $"{url} is no URL that can be fetched.",
        { UserInfo.Length: > 0 } => $"A URL at {url.Host} holds a user or a password, which is not sent; leave it out.",
        { Scheme: "https" } => null,
        { Scheme: "http", IsLoopback: true } when guard.AllowsLoopback => null,
        _ => $"{url} must begin with https://.",
    };

    /// <summary>A connection, or several, to one server that messages are sent to for a while.</summary>
    public OutboundSession OpenSession() => new(this, CreateHttp(System.Threading.Timeout.InfiniteTimeSpan));

    /// <summary>One for each fetch or session, of which there are few: what checks a server's certificate gathers what that server sends.</summary>
    private HttpClient CreateHttp(TimeSpan timeout)
    {
        // Missing certificates would be fetched from where the server says, past the guard.
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            MaxResponseHeadersLength = 16,
            SslOptions = { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, CertificateChainPolicy = policy },
            ConnectCallback = async (context, cancellationToken) => await ConnectAsync(context.DnsEndPoint, cancellationToken),
        })
        {
            Timeout = timeout,
        };
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, Uri url, int maxBytes, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[maxBytes + 1];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= maxBytes ? bytes[..length] : throw new OutboundException($"{url} answers more than {maxBytes} bytes.");
    }

    private async Task<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var reachable = addresses.Where(guard.Allows).ToArray();
        if (reachable.Length == 0)
        {
            throw new OutboundException(
                $"{target.Host} is at {string.Join(", ", addresses.Select(address => address.ToString()))}, which is not public and not allowed by ScimSlice:Outbound:AllowedNetworks.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
