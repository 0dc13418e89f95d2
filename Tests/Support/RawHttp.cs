using System.Net.Sockets;
using System.Text;

namespace ScimSlice.Tests.Support;

/// <summary>HTTP/1.1 as bytes, for requests that an HTTP library would mend, refuse or finish.</summary>
public sealed class RawHttp : IDisposable
{
    private readonly TcpClient client = new();
    private readonly NetworkStream stream;

    /// <param name="receiveBuffer">Bytes that the system keeps for a client that does not read them; 0 for as many as it likes.</param>
    public RawHttp(Uri origin, int receiveBuffer = 0)
    {
        if (receiveBuffer > 0)
        {
            client.ReceiveBufferSize = receiveBuffer;
        }

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

    /// <summary>Whether the server still takes what is sent.</summary>
    public bool TryWrite(string text)
    {
        try
        {
            Write(text);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether the server ends the connection with nothing more on it. Waits for what it does.</summary>
    public bool IsEnded()
    {
        try
        {
            return stream.ReadByte() < 0;
        }
        catch (IOException fault) when (fault.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return true;
        }
    }

    /// <summary>Whether the server has ended the connection by now, with nothing more on it.</summary>
    public bool HasEnded() => client.Client.Poll(0, SelectMode.SelectRead) && client.Available == 0;

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
