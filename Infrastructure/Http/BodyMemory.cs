using System.Collections.Concurrent;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Counts the memory that all bodies take, from when they arrive to when their requests end: many large ones at once would take the process's
/// memory, and the process. One organization has half of what there is, so that others can go on.
/// </summary>
internal sealed class BodyMemory(ScimSliceOptions options)
{
    /// <summary>What the client is told to wait, in seconds.</summary>
    private const int RetryAfter = 2;

    /// <summary>Bytes that each byte of a body takes at most: as it came, in one piece, and as a document.</summary>
    private const int PerByte = 3;

    /// <summary>Bytes that each token takes at most: 12 in a document, twice that while it grows, and as much for what is made of it.</summary>
    private const int PerToken = 40;

    /// <summary>The share of the memory that the process may use, where the setting names none: the rest is for what requests do, and for garbage.</summary>
    private const double UsualShare = 0.4;

    private readonly long most = options.Limits.MaxBodyMemory is > 0 and var set ? set : (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * UsualShare);
    private readonly ConcurrentDictionary<string, Counter> organizations = new(StringComparer.Ordinal);
    private readonly Counter all = new();

    /// <summary>The place of one body, to be given back by disposing when its request has ended.</summary>
    public Share Rent(string organizationId) => new(this, organizations.GetOrAdd(organizationId, static _ => new Counter()));

    /// <summary>What one body takes by now.</summary>
    internal sealed class Share(BodyMemory memory, Counter organization) : IDisposable
    {
        private long taken;

        /// <summary>
        /// Says how large the body is by now. Throws 429 where its organization has too much of them, 503 where all together have. A body that is
        /// alone is let in, however large.
        /// </summary>
        /// <param name="bytes">All that have come.</param>
        /// <param name="tokens">JSON tokens; 0 while nobody has counted them, and for a body so small that nobody does.</param>
        public void Grow(long bytes, int tokens = 0)
        {
            var more = (bytes * PerByte) + ((long)tokens * PerToken) - taken;
            if (more <= 0)
            {
                return;
            }

            taken += more;
            var (own, together) = (organization.Add(more), memory.all.Add(more));
            if (own > memory.most / 2 && own > taken)
            {
                throw ScimException.TooManyRequests("Too many large requests of this organization are under way; wait and repeat.", RetryAfter);
            }

            if (together > memory.most && together > taken)
            {
                throw ScimException.Unavailable(RetryAfter);
            }
        }

        public void Dispose()
        {
            organization.Add(-taken);
            memory.all.Add(-taken);
            taken = 0;
        }
    }

    internal sealed class Counter
    {
        private long bytes;

        public long Add(long more) => Interlocked.Add(ref bytes, more);
    }
}
