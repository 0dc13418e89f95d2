using System.Security.Cryptography;
using System.Text;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// A secret that a client sends: a prefix that leak scanners recognise, 256 random bits and a checksum that tells a typing
/// error from a guess. Only its SHA-256 is stored; the format decides nothing.
/// </summary>
public static class BearerToken
{
    public const string Prefix = "scimslice_";

    /// <summary>Of what a client is given for its secret or its assertion, for an hour or some.</summary>
    public const string AccessPrefix = "scimslice_access_";

    /// <summary>Of a client's secret.</summary>
    public const string SecretPrefix = "scimslice_secret_";

    /// <summary>Characters that an operator's own token must have at least.</summary>
    public const int MinLength = 32;

    private const int RandomDigits = 64;
    private const int ChecksumDigits = 8;

    /// <summary>A new token: the prefix, 64 hexadecimal digits of randomness, 8 of checksum.</summary>
    public static string Create(string prefix = Prefix)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomDigits / 2));
        return $"{prefix}{secret}{Checksum(secret)}";
    }

    /// <summary>What is stored of a token. 256 random bits need no salt and no slow hash.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>
    /// Whether a token that is not known was made by such a service and came to harm on its way: it has the prefix, and its checksum is not
    /// that of its digits. Whoever guesses makes up the checksum as well.
    /// </summary>
    public static bool IsDamaged(string token)
    {
        if (!token.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var digits = token.AsSpan(token.LastIndexOf('_') + 1);
        return digits.Length != RandomDigits + ChecksumDigits
            || !digits[RandomDigits..].SequenceEqual(Checksum(digits[..RandomDigits].ToString()));
    }

    private static string Checksum(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, ChecksumDigits / 2));
}
