using System.Security.Cryptography;
using System.Text;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// The secret that a client sends: a prefix that leak scanners recognise, 256 random bits and a checksum that tells a typing
/// error from a guess. Only its SHA-256 is stored; the format decides nothing.
/// </summary>
public static class BearerToken
{
    public const string Prefix = "scimslice_";

    /// <summary>Characters that an operator's own token must have at least.</summary>
    public const int MinLength = 32;

    /// <summary>A new token: the prefix, 64 hexadecimal digits of randomness, 8 of checksum.</summary>
    public static string Create()
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return $"{Prefix}{secret}{Checksum(secret)}";
    }

    /// <summary>What is stored of a token. 256 random bits need no salt and no slow hash.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Checksum(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)).AsSpan(0, 4));
}
