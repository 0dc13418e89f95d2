using System.Text;

namespace ScimSlice.Tests.Fuzz;

/// <summary>Bytes as they come to harm: pieces cut out, doubled, and put in once or very often.</summary>
internal static class Damage
{
    private static readonly byte[][] Pieces =
        [.. new[] { "", "\0", "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "1e999", " ", "\u00ff", "(", ")", " and ", " not ", "%", "\t", "&", "=", ".", "+" }.Select(Encoding.UTF8.GetBytes), [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]];

    /// <summary>The bytes, one time in four with up to three places damaged.</summary>
    public static byte[] Some(Random random, byte[] bytes)
    {
#pragma warning disable CA5394 // The same seed has to do the same damage.
        if (random.Next(4) > 0)
        {
            return bytes;
        }

        var damaged = new List<byte>(bytes);
        var places = random.Next(4);
        for (var place = 0; place < places; place++)
        {
            var piece = Pieces[random.Next(Pieces.Length)];
            var start = random.Next(damaged.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    damaged.RemoveRange(start, Math.Min(random.Next(12), damaged.Count - start));
                    break;
                case 1:
                    damaged.InsertRange(start, damaged.GetRange(start, Math.Min(random.Next(60), damaged.Count - start)));
                    break;
                case 2:
                    damaged.InsertRange(start, Enumerable.Repeat(piece, random.Next(200)).SelectMany(part => part));
                    break;
                default:
                    damaged.InsertRange(start, piece);
                    break;
            }
        }

        return [.. damaged];
#pragma warning restore CA5394
    }
}
