using System.Net.Http.Headers;

namespace ScimSlice.Infrastructure.Outbound;

/// <summary>Sends messages to one server over connections that are kept meanwhile, with the same care as <see cref="OutboundClient"/> fetches.</summary>
public sealed class OutboundSession : IDisposable
{
    private static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(2);

    private readonly OutboundClient client;
    private readonly HttpClient http;

    internal OutboundSession(OutboundClient client, HttpClient http) => (this.client, this.http) = (client, http);

    /// <summary>
    /// Sends a POST and returns the answer, whatever its status. Throws <see cref="OutboundException"/> where there is none, with a reason that
    /// holds nothing of what the server sent.
    /// </summary>
    /// <param name="maxBytes">Bytes of the answer that are read; what follows is not.</param>
    public async Task<OutboundAnswer> PostAsync(Uri url, byte[] body, string contentType, IEnumerable<KeyValuePair<string, string>> headers, int maxBytes, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (client.Fault(url) is { } unfit)
        {
            throw new OutboundException(unfit);
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var bytes = new byte[maxBytes];
            var length = await ReadAsync(response, bytes, cancellationToken);
            var wait = response.Headers.RetryAfter;
            return new OutboundAnswer((int)response.StatusCode, wait?.Delta ?? (wait?.Date - clock.GetUtcNow()), bytes[..length]);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OutboundException("It could not be connected to in time.", fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new OutboundException((fault.InnerException as OutboundException)?.Message ?? (fault as HttpRequestException)?.HttpRequestError.ToString() ?? "The connection broke.", fault);
        }
    }

    /// <summary>Reads what comes of the body in a short time: the status is what counts.</summary>
    private static async Task<int> ReadAsync(HttpResponseMessage response, byte[] bytes, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(BodyTime);
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ending.Token);
            int read;
            while (length < bytes.Length && (read = await stream.ReadAsync(bytes.AsMemory(length), ending.Token)) > 0)
            {
                length += read;
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Broken off, or too slow.
        }

        return length;
    }

    public void Dispose() => http.Dispose();
}
