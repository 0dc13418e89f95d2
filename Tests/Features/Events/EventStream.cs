using System.Text.Json.Nodes;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Features.Events;

/// <summary>A stream of server-sent events, read as a browser's EventSource would.</summary>
internal sealed class EventStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new();

    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private EventStream(HttpResponseMessage response, StreamReader reader) => (this.response, this.reader) = (response, reader);

    public string? MediaType => response.Content.Headers.ContentType?.MediaType;

    public static async Task<EventStream> OpenAsync(ScimClient client, string path, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{client.BaseUrl}/../../api/v1{path}"));
        request.Headers.TryAddWithoutValidation("Authorization", client.Authorization);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if (lastId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        }

        var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        return new EventStream(response.EnsureSuccessStatusCode(), new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event.</summary>
    public async Task<(string Id, string Type, JsonNode Data)> ReadAsync()
    {
        var fields = new Dictionary<string, string>();
        while (true)
        {
            var line = await reader.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException("The stream has ended.");
            if (line.Length == 0 && fields.Count > 0)
            {
                return (fields["id"], fields["event"], JsonNode.Parse(fields["data"])!);
            }

            if (line.Length > 0 && line[0] != ':')
            {
                fields[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..];
            }
        }
    }

    /// <summary>Whether the server ends it.</summary>
    public async Task<bool> EndsAsync()
    {
        try
        {
            while (await reader.ReadLineAsync().WaitAsync(Patience) is not null)
            {
                // A comment, or what was on its way.
            }
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            // Cut off, which is an end too.
        }

        return true;
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}
