using System.Collections.Concurrent;

namespace ScimSlice.Benchmarks;

/// <summary>The probe's reading connections, kept for the next request.</summary>
internal sealed class ProbeReaders(string file, string organizationId)
{
    private readonly ConcurrentBag<ProbeReader> idle = [];

    public ProbeReader Rent() => idle.TryTake(out var reader) ? reader : new ProbeReader(file, organizationId);

    public void Return(ProbeReader reader) => idle.Add(reader);
}
