using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// Makes the text of cursors and reads it back. A cursor is sealed with a key of its organization (AES-256-GCM), so that nobody can
/// read one, change one or make one up, and one of another organization is none here; the server keeps nothing. RFC 9865 §5.
/// </summary>
/// <param name="key">The organization's key, 32 bytes.</param>
/// <param name="now">The time by which cursors expire.</param>
public sealed class CursorSeal(byte[] key, DateTimeOffset now)
{
    private const byte Format = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    // Format, direction, expiry, count, total, whether there is a key, length of the id; then the query's digest, the id, the key.
    private const int FixedLength = 1 + 1 + 8 + 4 + 8 + 1 + 2;
    private const int DigestLength = 16;

    /// <summary>The text of a cursor for pages of <paramref name="count"/>: characters of the URI's unreserved set only.</summary>
    public string Seal(Cursor cursor, CursorRequest request, int count)
    {
        var id = Encoding.UTF8.GetBytes(cursor.Id);
        var sortKey = Encoding.UTF8.GetBytes(cursor.Key ?? "");
        var content = new byte[FixedLength + DigestLength + id.Length + sortKey.Length];
        content[0] = Format;
        content[1] = cursor.Backward ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(2), now.ToUnixTimeSeconds() + Cursor.Lifetime);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(10), count);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(14), cursor.Total);
        content[22] = cursor.Key is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(23), (ushort)id.Length);
        request.Query.CopyTo(content, FixedLength);
        id.CopyTo(content, FixedLength + DigestLength);
        sortKey.CopyTo(content, FixedLength + DigestLength + id.Length);

        var sealedBytes = new byte[NonceLength + content.Length + TagLength];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(
            sealedBytes.AsSpan(0, NonceLength), content, sealedBytes.AsSpan(NonceLength, content.Length), sealedBytes.AsSpan(NonceLength + content.Length));
        return Base64Url.EncodeToString(sealedBytes);
    }

    /// <summary>
    /// The cursor that a client sends back with the same query and the same count. Throws 400: invalidCursor for one that was not
    /// made here for this query, expiredCursor for one that is too old, invalidCount where the count is another.
    /// </summary>
    public Cursor Open(CursorRequest request, int count)
    {
        if (Decrypt(request.Text) is not { } content || content[0] != Format || !content.AsSpan(FixedLength, DigestLength).SequenceEqual(request.Query))
        {
            throw ScimException.InvalidCursor();
        }

        if (now.ToUnixTimeSeconds() >= BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(2)))
        {
            throw ScimException.ExpiredCursor(Cursor.Lifetime);
        }

        if (count != BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(10)))
        {
            throw ScimException.InvalidCount($"count: must be that of the first page, {BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(10))}.");
        }

        var rest = content.AsSpan(FixedLength + DigestLength);
        var idLength = BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(23));
        return new Cursor(
            content[22] == 0 ? null : Encoding.UTF8.GetString(rest[idLength..]),
            Encoding.UTF8.GetString(rest[..idLength]),
            Backward: content[1] == 1,
            BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(14)));
    }

    /// <summary>What is sealed in a text; null where it is not a cursor sealed with this key.</summary>
    private byte[]? Decrypt(string text)
    {
        if (text.Length > Cursor.MaxLength || !Base64Url.IsValid(text))
        {
            return null;
        }

        var sealedBytes = Base64Url.DecodeFromChars(text);
        var length = sealedBytes.Length - NonceLength - TagLength;
        if (length < FixedLength + DigestLength)
        {
            return null;
        }

        var content = new byte[length];
        using var cipher = new AesGcm(key, TagLength);
        try
        {
            cipher.Decrypt(sealedBytes.AsSpan(0, NonceLength), sealedBytes.AsSpan(NonceLength, length), sealedBytes.AsSpan(NonceLength + length), content);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
