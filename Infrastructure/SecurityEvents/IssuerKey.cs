using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>A key that signs an organization's security event tokens (ECDSA with P-256 and SHA-256, ES256), as its row holds it.</summary>
public sealed record IssuerKey
{
    /// <summary>The columns, in statements that call the table <c>k</c>.</summary>
    public const string Columns = "k.id, k.key, k.created_at, k.expires_at";

    /// <summary>What <see cref="WritePublicTo"/> writes.</summary>
    public static ApiSchema PublicSchema { get; } = ApiSchema.Of("Key", $$"""
        {
          "type": "object",
          "description": "A public key of ECDSA. RFC 7518 §6.2.",
          "required": ["kty", "crv", "x", "y", "use", "alg", "kid"],
          "properties": {
            "kty": { "type": "string", "const": "EC" },
            "crv": { "type": "string", "const": "P-256" },
            "x": { "type": "string" },
            "y": { "type": "string" },
            "use": { "type": "string", "const": "sig" },
            "alg": { "type": "string", "const": {{SecurityAlgorithms.EcdsaSha256}} },
            "kid": { "type": "string", "description": "What the header of a token calls it." }
          }
        }
        """);

    /// <summary>What the tokens' header and the key set call it.</summary>
    public required string Id { get; init; }

    /// <summary>PKCS #8.</summary>
    public required byte[] Key { get; init; }

    public required string CreatedAt { get; init; }

    /// <summary>Until when the key set tells it; null while it signs.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>A new one.</summary>
    public static IssuerKey Create(string id, string createdAt)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new IssuerKey { Id = id, Key = key.ExportPkcs8PrivateKey(), CreatedAt = createdAt };
    }

    /// <summary>What signs with it, until it is disposed of.</summary>
    public ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Key, out _);
        return key;
    }

    /// <summary>Writes its public part as a JSON Web Key. RFC 7517 §4, RFC 7518 §6.2.</summary>
    public void WritePublicTo(Utf8JsonWriter writer)
    {
        using var key = Open();
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        writer.WriteStartObject();
        writer.WriteString("kty", "EC");
        writer.WriteString("crv", "P-256");
        writer.WriteString("x", Base64UrlEncoder.Encode(point.X));
        writer.WriteString("y", Base64UrlEncoder.Encode(point.Y));
        writer.WriteString("use", "sig");
        writer.WriteString("alg", SecurityAlgorithms.EcdsaSha256);
        writer.WriteString("kid", Id);
        writer.WriteEndObject();
    }
}
