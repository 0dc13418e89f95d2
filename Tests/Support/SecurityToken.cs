using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FluentAssertions;
using Microsoft.IdentityModel.Tokens;

namespace ScimSlice.Tests.Support;

/// <summary>A security event token as its receiver reads it: its signature is verified with a published key, by nothing but the curve.</summary>
public sealed record SecurityToken(JsonNode Header, JsonNode Claims)
{
    private const string Prefix = "urn:ietf:params:scim:event:";

    public JsonObject Events => Claims["events"]!.AsObject();

    /// <summary>What is told, without what all names of events begin with.</summary>
    public IReadOnlyList<string> Told => [.. Events.Select(pair => pair.Key[Prefix.Length..])];

    public string Subject => Claims["sub_id"]!["uri"]!.GetValue<string>();

    public string Txn => Claims["txn"]!.GetValue<string>();

    public string Id => Claims["jti"]!.GetValue<string>();

    /// <summary>The payload of one event: <c>prov:delete</c>.</summary>
    public JsonNode Payload(string name) => Events[Prefix + name]!;

    /// <summary>Reads a token. Fails where no key of the set has signed it.</summary>
    public static SecurityToken Verified(string token, JsonNode keys)
    {
        var parts = token.Split('.');
        parts.Should().HaveCount(3);
        var header = JsonNode.Parse(Base64UrlEncoder.Decode(parts[0]))!;
        header["alg"]!.GetValue<string>().Should().Be("ES256");
        header["typ"]!.GetValue<string>().Should().Be("secevent+jwt");
        var key = keys["keys"]!.AsArray().Single(key => key!["kid"]!.GetValue<string>() == header["kid"]!.GetValue<string>())!;
        using var curve = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = { X = Base64UrlEncoder.DecodeBytes(key["x"]!.GetValue<string>()), Y = Base64UrlEncoder.DecodeBytes(key["y"]!.GetValue<string>()) },
        });
        curve.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64UrlEncoder.DecodeBytes(parts[2]), HashAlgorithmName.SHA256).Should().BeTrue();
        return new SecurityToken(header, JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!);
    }
}
