using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ScimSlice.Benchmarks;

/// <summary>
/// The least that could serve the same requests: a bare Kestrel endpoint over kept prepared SQLite statements that sends the
/// stored bytes, and a bare insert that commits in groups. What ScimSlice does beyond it is what the ratio shows.
/// </summary>
internal static class LimitProbe
{
    private const string ContentType = "application/scim+json";

    public static async Task RunAsync(string readFile, string writeFile, string organizationId, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        var readers = new ProbeReaders(readFile, organizationId);
        var writer = new ProbeWriter(writeFile);

        app.MapGet("/get/{id}", (RequestDelegate)(context => ServeAsync(context, readers, reader => reader.ById, "id")));
        app.MapGet("/name/{name}", (RequestDelegate)(context => ServeAsync(context, readers, reader => reader.ByName, "name")));
        app.MapGet("/address/{address}", (RequestDelegate)(context => ServeAsync(context, readers, reader => reader.ByAddress, "address")));
        app.MapGet("/list", (RequestDelegate)(context => ListAsync(context, readers)));
        app.MapPost("/create", (RequestDelegate)(context => CreateAsync(context, writer)));
        await app.RunAsync();
    }

    /// <summary>A token is hashed for each request, as any such service must.</summary>
    private static bool IsAuthorized(HttpContext context)
    {
        Span<byte> token = stackalloc byte[256];
        Span<byte> hash = stackalloc byte[32];
        var length = Encoding.ASCII.GetBytes(context.Request.Headers.Authorization.ToString(), token);
        SHA256.HashData(token[..length], hash);
        return length > 0;
    }

    private static Task ServeAsync(HttpContext context, ProbeReaders readers, Func<ProbeReader, SqliteCommand> select, string parameter)
    {
        if (!IsAuthorized(context))
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        }

        byte[]? document = null;
        var reader = readers.Rent();
        var command = select(reader);
        command.Parameters[0].Value = (string)context.GetRouteValue(parameter)!;
        using (var rows = command.ExecuteReader())
        {
            if (rows.Read())
            {
                document = rows.GetFieldValue<byte[]>(0);
            }
        }

        readers.Return(reader);
        if (document is null)
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        return SendAsync(context, document);
    }

    private static async Task ListAsync(HttpContext context, ProbeReaders readers)
    {
        if (!IsAuthorized(context))
        {
            context.Response.StatusCode = 401;
            return;
        }

        var reader = readers.Rent();
        var total = Convert.ToInt64(reader.Count.ExecuteScalar(), CultureInfo.InvariantCulture);
        var output = ArrayPool<byte>.Shared.Rent(256 * 1024);
        var written = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"totalResults\":{total},\"Resources\":["), output);
        using (var rows = reader.List.ExecuteReader())
        {
            for (var first = true; rows.Read(); first = false)
            {
                if (!first)
                {
                    output[written++] = (byte)',';
                }

                var document = rows.GetFieldValue<byte[]>(0);
                document.CopyTo(output, written);
                written += document.Length;
            }
        }

        readers.Return(reader);
        output[written++] = (byte)']';
        output[written++] = (byte)'}';
        await SendAsync(context, output.AsMemory(0, written));
        ArrayPool<byte>.Shared.Return(output);
    }

    private static async Task CreateAsync(HttpContext context, ProbeWriter writer)
    {
        if (!IsAuthorized(context))
        {
            context.Response.StatusCode = 401;
            return;
        }

        var document = new byte[(int)context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(document);
        await writer.InsertAsync(document);
        context.Response.StatusCode = 201;
        await SendAsync(context, document);
    }

    private static Task SendAsync(HttpContext context, ReadOnlyMemory<byte> document)
    {
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = document.Length;
        return context.Response.BodyWriter.WriteAsync(document).AsTask();
    }
}
