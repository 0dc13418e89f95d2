using System.Text;
using System.Text.Json.Nodes;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Fuzz;

/// <summary>Makes requests to the token endpoint from one seed: forms, headers and assertions near to what is valid, some of them damaged.</summary>
/// <param name="random">What decides; made from the seed.</param>
/// <param name="keys">What signs assertions that hold.</param>
/// <param name="clients">Ids of clients and of trusts, of one's own and of others, with the secret of those that have one.</param>
/// <param name="claims">What a valid assertion says.</param>
internal sealed class OddTokenRequests(Random random, KeyServer keys, IReadOnlyList<(string Id, string Secret)> clients, IReadOnlyDictionary<string, JsonNode?> claims)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static readonly string[] Texts =
        ["", "x", "a.b.c", "..", "...", "e30.e30.e30", "%00", "%", "%zz", "+", "\u0000", "😀", "' or 1=1 --", "null", "{}", new string('A', 3000), new string('.', 500), string.Concat(Enumerable.Repeat("e30.", 40))];

    private static readonly string[] Parameters = ["grant_type", "client_id", "client_secret", "client_assertion_type", "client_assertion", "scope", "resource", "GRANT_TYPE", "client_id[]", ""];

    private static readonly string[] ContentTypes =
        ["application/x-www-form-urlencoded; charset=utf-8", "application/x-www-form-urlencoded;charset=\"UTF-8\"", "application/x-www-form-urlencoded; charset=utf-16", "APPLICATION/X-WWW-FORM-URLENCODED", "application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ";"];

    public (string ContentType, byte[] Body, (string Name, string Value)[] Headers) Next()
    {
        var form = new List<(string Name, string Value)> { ("grant_type", random.Next(12) == 0 ? Text() : "client_credentials") };
        var headers = new List<(string Name, string Value)>();
        var (id, secret) = Client();
        switch (random.Next(4))
        {
            case 0:
                form.AddRange([("client_id", id), ("client_secret", secret)]);
                break;
            case 1:
                headers.Add(("Authorization", Header(id, secret)));
                break;
            default:
                form.AddRange([("client_assertion_type", random.Next(12) == 0 ? Text() : AssertionType), ("client_assertion", Assertion())]);
                if (random.Next(2) == 0)
                {
                    form.Add(("client_id", id));
                }

                break;
        }

        if (random.Next(3) == 0)
        {
            form.Add((Pick(Parameters), random.Next(2) == 0 ? Pick(["read", "write", "read write", "scim", "events", "openid"]) : Text()));
        }

        if (random.Next(10) == 0)
        {
            form.AddRange(Enumerable.Range(0, random.Next(2000)).Select(index => ($"a{index}", "")));
        }

        if (random.Next(8) == 0)
        {
            headers.Add((Pick(["X-Forwarded-For", "Content-Encoding", "Accept", "traceparent", "DPoP", "Cookie"]), Pick(["127.0.0.1", "gzip", "identity", "text/html", "00-0-0-00", new string('a', 2000)])));
        }

        var text = string.Join('&', form.OrderBy(_ => random.Next()).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        return (random.Next(10) == 0 ? Pick(ContentTypes) : "application/x-www-form-urlencoded", Damage.Some(random, Encoding.UTF8.GetBytes(text)), [.. headers]);
    }

    private (string Id, string Secret) Client()
    {
        var (id, secret) = Pick(clients);
        return random.Next(4) switch
        {
            0 => (id, Pick(clients).Secret),
            1 => (Damaged(id), Damaged(secret)),
            _ => (id, secret),
        };
    }

    private string Header(string id, string secret) => random.Next(6) switch
    {
        0 => $"Bearer {secret}",
        1 => $"Basic {Pick(["", "!!!", "AAAA", "=", new string('A', 3000)])}",
        2 => $"Basic  {Convert.ToBase64String(Damage.Some(random, Encoding.UTF8.GetBytes($"{id}:{secret}")))}",
        _ => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"))}",
    };

    /// <summary>A signed assertion: claims or header members wrong, missing, of another kind or deeply nested, or the whole damaged.</summary>
    private string Assertion()
    {
        var said = claims.ToDictionary(claim => claim.Key, claim => claim.Value?.DeepClone());
        said["jti"] = $"{random.Next()}";
        if (random.Next(2) == 0)
        {
            said[Pick(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "uti", "crit"])] = Value(3);
        }

        var head = random.Next(3) == 0 ? new Dictionary<string, JsonNode?> { [Pick(["kid", "typ", "cty", "jku", "x5u", "jwk", "x5c", "crit", "zip", "enc", "b64"])] = Value(3) } : null;
        if (random.Next(8) == 0)
        {
            (head ??= [])["alg"] = Pick(["none", "HS256", "RS1", "ES256", "PS256", "RSA-OAEP", "dir"]);
        }

        var signed = keys.Sign("k1", said, head);
        return random.Next(6) == 0 ? Text() : random.Next(6) == 0 ? string.Join('.', signed.Split('.').OrderBy(_ => random.Next())) : Damaged(signed);
    }

    private JsonNode? Value(int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => null,
        1 => JsonValue.Create(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => JsonValue.Create(1e300),
        3 => JsonValue.Create(random.Next(2) == 0),
        4 => JsonValue.Create("\u0000"),
        5 => JsonValue.Create(Text()),
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(50)).Select(_ => Value(depth - 1))]),
        7 => Nested(random.Next(200)),
        _ => new JsonObject { [Text()] = Value(depth - 1) },
    };

    private static JsonArray Nested(int levels)
    {
        var value = new JsonArray();
        for (var level = 0; level < levels && level < 60; level++)
        {
            value = new JsonArray(value);
        }

        return value;
    }

    private string Damaged(string text) => Encoding.UTF8.GetString(Damage.Some(random, Encoding.UTF8.GetBytes(text)));

    private string Text() => Pick(Texts);

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
