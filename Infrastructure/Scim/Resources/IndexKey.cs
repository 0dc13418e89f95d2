using System.Text;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>What may be the key of an index: an index entry has a limit of its own.</summary>
public static class IndexKey
{
    /// <summary>Characters of a value that is indexed, such as a userName.</summary>
    public const int MaxLength = 512;

    /// <summary>Bytes of such a value in the form in which it is compared, which for a few scripts is longer than what was sent.</summary>
    public const int MaxBytes = 2048;

    /// <summary>Throws 400 invalidValue for a value that is too long.</summary>
    public static void CheckLength(string name, string? value)
    {
        if (value?.Length > MaxLength)
        {
            throw ScimException.InvalidValue($"{name}: must not be longer than {MaxLength} characters.");
        }
    }

    /// <summary>The key, if an index can hold it. Throws 400 invalidValue where it cannot.</summary>
    public static string Checked(string name, string key) => Encoding.UTF8.GetByteCount(key) <= MaxBytes
        ? key
        : throw ScimException.InvalidValue($"{name}: must not be longer than {MaxBytes} bytes in the form in which it is compared.");
}
