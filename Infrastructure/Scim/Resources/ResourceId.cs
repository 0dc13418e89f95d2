using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// Ids of resources: version 7 UUIDs in lower case, so that both readings of caseExact agree on them. Within a process each is
/// greater than the one before, so that key order is creation order: 12 bits below the millisecond hold its fraction or count on
/// (RFC 9562 §6.2, method 3).
/// </summary>
public static class ResourceId
{
    private static long last;

    public static string Create(DateTimeOffset now)
    {
        var fraction = now.Ticks % TimeSpan.TicksPerMillisecond * 4096 / TimeSpan.TicksPerMillisecond;
        var stamp = Next((now.ToUnixTimeMilliseconds() << 12) | fraction);

        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[8..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes, ((stamp >> 12) << 16) | 0x7000 | (stamp & 0xFFF));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>The least id of this time, which nothing has: all that were made before are less.</summary>
    public static string FirstOf(DateTimeOffset time) => $"{Math.Max(0, time.ToUnixTimeMilliseconds()):x12}-0000-0000-000000000000".Insert(8, "-");

    /// <summary>Whether a text has the form of an id: 32 hexadecimal digits, parted by hyphens.</summary>
    public static bool IsId(string text)
    {
        if (text.Length != 36)
        {
            return false;
        }

        for (var index = 0; index < text.Length; index++)
        {
            if (index is 8 or 13 or 18 or 23 ? text[index] != '-' : !char.IsAsciiHexDigit(text[index]))
            {
                return false;
            }
        }

        return true;
    }

    private static long Next(long stamp)
    {
        while (true)
        {
            var before = Interlocked.Read(ref last);
            var next = Math.Max(stamp, before + 1);
            if (Interlocked.CompareExchange(ref last, next, before) == before)
            {
                return next;
            }
        }
    }
}
