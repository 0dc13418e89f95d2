using System.Globalization;
using Microsoft.Extensions.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Configuration;

/// <summary>The section <c>ScimSlice:Limits</c>. Each has a range, whose end protects the process whatever is set.</summary>
public sealed class LimitSettings
{
    private const string Section = "Limits:";

    private readonly IConfigurationSection section;
    private readonly List<string> faults;
    private readonly List<string> keys = [];

    internal LimitSettings(IConfigurationSection section, List<string> faults)
    {
        this.section = section;
        this.faults = faults;
        var (usual, most) = (ScimLimits.Default, ScimLimits.Ceiling);
        Scim = new ScimLimits
        {
            MaxBodyBytes = Read("MaxBodyBytes", usual.MaxBodyBytes, 1024, most.MaxBodyBytes),
            MaxLargeBodyBytes = Read("MaxLargeBodyBytes", usual.MaxLargeBodyBytes, 1024, most.MaxLargeBodyBytes),
            MaxJsonDepth = Read("MaxJsonDepth", usual.MaxJsonDepth, 8, most.MaxJsonDepth),
            MaxJsonTokens = Read("MaxJsonTokens", usual.MaxJsonTokens, 1000, most.MaxJsonTokens),
            MaxFilterLength = Read("MaxFilterLength", usual.MaxFilterLength, 256, most.MaxFilterLength),
            MaxFilterDepth = Read("MaxFilterDepth", usual.MaxFilterDepth, 1, most.MaxFilterDepth),
            MaxFilterTerms = Read("MaxFilterTerms", usual.MaxFilterTerms, 1, most.MaxFilterTerms),
            MaxPatchOperations = Read("MaxPatchOperations", usual.MaxPatchOperations, 1, most.MaxPatchOperations),
            MaxBulkOperations = Read("MaxBulkOperations", usual.MaxBulkOperations, 1, most.MaxBulkOperations),
            MaxPageSize = Read("MaxPageSize", usual.MaxPageSize, 1, most.MaxPageSize),
            DefaultPageSize = Read("DefaultPageSize", usual.DefaultPageSize, 1, most.DefaultPageSize),
        };
        RequestsPerSecond = Read("RequestsPerSecond", 1000);
        Burst = Read("Burst", 5000);
        ConcurrentRequests = Read("ConcurrentRequests", 256);
        FailedAttemptsPerMinute = Read("FailedAttemptsPerMinute", 600);
        EventStreams = Read("EventStreams", 32, 1, 10_000);
        MaxBodyMemory = Read("MaxBodyMemory", 0);
        RequestSeconds = Read("RequestSeconds", 30, 1, 3600);
        MaxRequestLineBytes = Read("MaxRequestLineBytes", 32 * 1024, 1024, 256 * 1024);
        MaxHeaderBytes = Read("MaxHeaderBytes", 32 * 1024, 1024, 256 * 1024);
        MaxHeaderCount = Read("MaxHeaderCount", 100, 10, 1000);
        HeaderSeconds = Read("HeaderSeconds", 30, 1, 3600);
        MinBytesPerSecond = Read("MinBytesPerSecond", 240, 1, 1_000_000);
        GraceSeconds = Read("GraceSeconds", 5, 2, 3600);
        KeepAliveSeconds = Read("KeepAliveSeconds", 130, 1, 3600);
        MaxConnections = Read("MaxConnections", 10_000);
        MaxStreamsPerConnection = Read("MaxStreamsPerConnection", 100, 1, 1000);

        if (RequestsPerSecond > 0 && Burst == 0)
        {
            faults.Add("ScimSlice:Limits:Burst must be at least 1 where Limits:RequestsPerSecond is not 0.");
        }

        RequireOrder("DefaultPageSize", Scim.DefaultPageSize, "MaxPageSize", Scim.MaxPageSize);
        RequireOrder("MaxBodyBytes", Scim.MaxBodyBytes, "MaxLargeBodyBytes", Scim.MaxLargeBodyBytes);
    }

    /// <summary>The names of all, as they stand below <c>ScimSlice</c>.</summary>
    public IReadOnlyList<string> Keys => keys;

    /// <summary>What one request may hold.</summary>
    public ScimLimits Scim { get; }

    /// <summary>Requests that an organization may make each second on this node, in the long run; 0 for no limit.</summary>
    public int RequestsPerSecond { get; }

    /// <summary>Requests that an organization may make at once after a quiet time.</summary>
    public int Burst { get; }

    /// <summary>Requests of an organization that are worked on at the same time on this node; 0 for no limit.</summary>
    public int ConcurrentRequests { get; }

    /// <summary>Refused credentials that an address may send each minute before it is answered 429; 0 for no limit.</summary>
    public int FailedAttemptsPerMinute { get; }

    /// <summary>Requests of an organization that wait for events at the same time on this node.</summary>
    public int EventStreams { get; }

    /// <summary>Bytes of memory for all bodies that arrive or are worked on at the same time on this node, half of it for one organization; 0 for two fifths of what the process may use.</summary>
    public int MaxBodyMemory { get; }

    /// <summary>Seconds for which a request is worked on, from when its body is complete to when its answer begins.</summary>
    public int RequestSeconds { get; }

    /// <summary>Bytes of a request line. A filter of the usual length still fits when every character is percent-encoded.</summary>
    public int MaxRequestLineBytes { get; }

    /// <summary>Bytes of all headers together.</summary>
    public int MaxHeaderBytes { get; }

    public int MaxHeaderCount { get; }

    /// <summary>Seconds in which the headers of a request must have arrived.</summary>
    public int HeaderSeconds { get; }

    /// <summary>Bytes each second that a body must bring and an answer must be taken with; slower connections are cut off.</summary>
    public int MinBytesPerSecond { get; }

    /// <summary>Seconds before <see cref="MinBytesPerSecond"/> counts.</summary>
    public int GraceSeconds { get; }

    /// <summary>Seconds for which a connection without a request is kept.</summary>
    public int KeepAliveSeconds { get; }

    /// <summary>Connections of all clients together; further ones are closed at once. 0 for no limit.</summary>
    public int MaxConnections { get; }

    /// <summary>Requests at once on one connection of HTTP/2.</summary>
    public int MaxStreamsPerConnection { get; }

    private int Read(string name, int missing, int min = 0, int max = int.MaxValue)
    {
        var key = Section + name;
        keys.Add(key);
        if (section[key] is not { } text)
        {
            return missing;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        faults.Add($"ScimSlice:{key} must be a whole number, {(max == int.MaxValue ? $"{min} or more" : $"{min} to {max}")}; it is '{Excerpt.Plain(text)}'.");
        return missing;
    }

    private void RequireOrder(string less, int lesser, string more, int greater)
    {
        if (lesser > greater)
        {
            faults.Add($"ScimSlice:{Section}{less} is {lesser} and must not be greater than {Section}{more}, which is {greater}.");
        }
    }
}
