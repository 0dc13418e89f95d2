namespace ScimSlice.Tests.Clients;

/// <summary>One request of a client and the answer that it needs.</summary>
public sealed record Exchange
{
    /// <summary>What the client is about, in words.</summary>
    public required string Note { get; init; }

    /// <summary>Where the request was published. One without a source follows from those before it.</summary>
    public string? Source { get; init; }

    public required RecordedRequest Request { get; init; }

    public required RecordedResponse Response { get; init; }
}
