using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ScimSlice.Tests.Support;

/// <summary>An endpoint of an application on a loopback port, which notes what it is sent and answers as it is told.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookReceiver(WebApplication app) => this.app = app;

    public string Url => $"{new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).GetLeftPart(UriPartial.Authority)}/hook";

    /// <summary>All that came, in its order, whatever it was answered.</summary>
    public ConcurrentQueue<Message> Received { get; } = [];

    /// <summary>What came and was answered 2xx.</summary>
    public ConcurrentQueue<Message> Taken { get; } = [];

    /// <summary>What is answered; 204 unless told.</summary>
    public Func<HttpContext, Message, Task<int>>? Answer { get; set; }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var headers = context.Request.Headers;
        var message = new Message(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), await reader.ReadToEndAsync());
        Received.Enqueue(message);
        var status = Answer is null ? 204 : await Answer(context, message);
        if (status is >= 200 and < 300)
        {
            Taken.Enqueue(message);
        }

        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
        }
    }

    /// <summary>A message as it came over the wire.</summary>
    public sealed record Message(string Id, string Timestamp, string Signature, string Body)
    {
        public JsonNode Event => JsonNode.Parse(Body)!["data"]!;

        public string Type => JsonNode.Parse(Body)!["type"]!.GetValue<string>();

        public long Position => Event["position"]!.GetValue<long>();

        public string ResourceId => Event["resource"]!["id"]!.GetValue<string>();

        /// <summary>Whether one of the signatures is that of the secret. Standard Webhooks 1.0.</summary>
        public bool IsSignedWith(string secret)
        {
            var key = Convert.FromBase64String(secret["whsec_".Length..]);
            var expected = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}")))}";
            return Signature.Split(' ').Contains(expected);
        }
    }
}
