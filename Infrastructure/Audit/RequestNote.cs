using System.Diagnostics;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>A request, or one operation of a Bulk request, as the log tells of it beside what became of it.</summary>
/// <param name="path">With nothing of a client in it but ids.</param>
public sealed class RequestNote(string method, string path)
{
    private readonly long begun = Stopwatch.GetTimestamp();
    private long? microseconds;

    /// <summary>One that HTTP knows; a client may write any word there.</summary>
    public string Method { get; } = method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "(other)";

    public string Path { get; } = AuditRecord.Cut(path);

    /// <summary>The deviations that were understood; null before the request is read.</summary>
    public QuirkUse? Quirks { get; set; }

    /// <summary>How long it took until now, or until it was stopped; null for what was never begun.</summary>
    public long? Microseconds => IsBegun ? microseconds ?? Elapsed : null;

    /// <summary>Whether it was worked on at all.</summary>
    public bool IsBegun { get; init; } = true;

    private long Elapsed => (long)Stopwatch.GetElapsedTime(begun).TotalMicroseconds;

    /// <summary>Ends the time that it takes.</summary>
    public void Stop() => microseconds ??= Elapsed;

    /// <summary>The names of the deviations, in their order; null for none.</summary>
    public string? QuirkNames() => Quirks is { Used.Count: > 0 } ? string.Join(',', Quirks.Used.Order()) : null;
}
