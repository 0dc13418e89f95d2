using System.Net.Sockets;
using System.Text;

namespace ScimSlice.Tests.Support;

/// <summary>HTTP/1.1 as bytes, for requests that an HTTP library would mend, refuse or finish.</summary>
public sealed class RawHttp : IDisposable
{
    private readonly TcpClient client = new();
    private readonly NetworkStream stream;

    public RawHttp(Uri origin)
    {
        client.Connect(origin.Host, origin.Port);
        stream = client.GetStream();
        stream.ReadTimeout = 30_000;
    }

    /// <summary>One request without a body, with a connection of its own; <paramref name="headers"/> are whole lines.</summary>
    public static ScimAnswer Send(Uri origin, string method, string target, params string[] headers)
    {
        using var raw = new RawHttp(origin);
        raw.Write(string.Concat(((string[])[$"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close", .. headers, ""]).Select(line => $"{line}\r\n")));
        return raw.ReadAnswer(method);
    }

    public void Write(string text) => stream.Write(Encoding.Latin1.GetBytes(text));

    /// <summary>The answer: its status, its headers, and its body where its length is told.</summary>
    public ScimAnswer ReadAnswer(string method = "GET")
    {
        var head = ReadHead();
        var lines = head.Split("\r\n");
        using var response = new HttpResponseMessage();
        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var length = method == "HEAD" ? 0 : (int)(response.Content.Headers.ContentLength ?? 0);
        var body = new byte[length];
        stream.ReadExactly(body);
        return new ScimAnswer(int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), response.Headers, response.Content.Headers, Encoding.UTF8.GetString(body));
    }

    public void Dispose() => client.Dispose();

    private string ReadHead()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var next = stream.ReadByte();
            if (next < 0)
            {
                throw new IOException($"The connection ended after: {head}");
            }

            head.Append((char)next);
        }

        return head.ToString();
    }
}
