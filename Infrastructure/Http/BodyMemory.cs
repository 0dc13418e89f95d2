using System.Collections.Concurrent;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Counts the bytes of all bodies that arrive or are worked on: many large ones at once would take the process's memory, and the process. One
/// organization has half of what there is, so that others can go on.
/// </summary>
internal sealed class BodyMemory(ScimSliceOptions options)
{
    /// <summary>What the client is told to wait, in seconds.</summary>
    private const int RetryAfter = 2;

    private readonly long most = options.Limits.MaxBodyBytesInFlight;
    private readonly ConcurrentDictionary<string, Counter> organizations = new(StringComparer.Ordinal);
    private readonly Counter all = new();

    /// <summary>The place of one body, to be given back by disposing when its request has ended.</summary>
    public Share Rent(string organizationId) => new(this, organizations.GetOrAdd(organizationId, static _ => new Counter()));

    /// <summary>What one body takes by now.</summary>
    internal sealed class Share(BodyMemory memory, Counter organization) : IDisposable
    {
        private long taken;

        /// <summary>Says how large the body is by now. Throws 429 where its organization has too much of them, 503 where all together have.</summary>
        public void Grow(long bytes)
        {
            var more = bytes - taken;
            if (more <= 0)
            {
                return;
            }

            taken = bytes;
            var (own, together) = (organization.Add(more), memory.all.Add(more));
            if (own > memory.most / 2)
            {
                throw ScimException.TooManyRequests("Too many large requests of this organization are under way; wait and repeat.", RetryAfter);
            }

            if (together > memory.most)
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
