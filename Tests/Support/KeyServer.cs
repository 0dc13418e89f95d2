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

/// <summary>An identity provider as far as a trust sees it: it publishes keys on a loopback port and signs assertions with them.</summary>
public sealed class KeyServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, AsymmetricAlgorithm> keys = [];
    private int fetches;

    private KeyServer(WebApplication app) => this.app = app;

    public Uri Origin => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Where the keys are published.</summary>
    public string JwksUri => $"{Origin.GetLeftPart(UriPartial.Authority)}/keys";

    /// <summary>How often they have been fetched.</summary>
    public int Fetches => fetches;

    /// <summary>What is answered instead of the keys; null for the keys.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public static async Task<KeyServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new KeyServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Publishes a key of this kind, which assertions can be signed with.</summary>
    public KeyServer With(string keyId, int rsaBits = 2048)
    {
        keys[keyId] = RSA.Create(rsaBits);
        return this;
    }

    public KeyServer WithEllipticCurve(string keyId)
    {
        keys[keyId] = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return this;
    }

    /// <summary>Publishes a key no more. It still signs.</summary>
    public HashSet<string> Hidden { get; } = [];

    /// <summary>An assertion, signed with a key; members of the header and of the claims can be changed, and taken away with null.</summary>
    public string Sign(string keyId, IReadOnlyDictionary<string, JsonNode?> claims, IReadOnlyDictionary<string, JsonNode?>? header = null)
    {
        var key = keys[keyId];
        var head = new JsonObject { ["alg"] = key is RSA ? "RS256" : "ES256", ["typ"] = "JWT", ["kid"] = keyId };
        foreach (var (name, value) in header ?? new Dictionary<string, JsonNode?>())
        {
            head.Remove(name);
            if (value is not null)
            {
                head[name] = value.DeepClone();
            }
        }

        var content = $"{Encode(head)}.{Encode(new JsonObject(claims.Where(claim => claim.Value is not null).Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone()))))}";
        var bytes = Encoding.ASCII.GetBytes(content);
        var signature = (string)head["alg"]! switch
        {
            "none" => [],
            "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(((RSA)key).ExportSubjectPublicKeyInfoPem()), bytes),
            _ when key is RSA rsa => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => ((ECDsa)key).SignData(bytes, HashAlgorithmName.SHA256),
        };
        return $"{content}.{Encode(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        foreach (var key in keys.Values)
        {
            key.Dispose();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref fetches);
        await (Instead is null ? PublishAsync(context) : Instead(context));
    }

    /// <summary>Answers with the keys.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["keys"] = new JsonArray([.. keys.Where(key => !Hidden.Contains(key.Key)).Select(key => Describe(key.Key, key.Value))]) }.ToJsonString());
    }

    private static JsonObject Describe(string keyId, AsymmetricAlgorithm key)
    {
        if (key is RSA rsa)
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            return new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = keyId, ["n"] = Encode(parameters.Modulus!), ["e"] = Encode(parameters.Exponent!) };
        }

        var point = ((ECDsa)key).ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["use"] = "sig", ["crv"] = "P-256", ["kid"] = keyId, ["x"] = Encode(point.X!), ["y"] = Encode(point.Y!) };
    }

    private static string Encode(JsonNode json) => Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
