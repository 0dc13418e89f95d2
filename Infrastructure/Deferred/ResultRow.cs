namespace ScimSlice.Infrastructure.Deferred;

/// <summary>What became of an operation, as its row holds it.</summary>
public sealed record ResultRow
{
    /// <summary>Its place in a Bulk request, from 0 on; 0 for any other request.</summary>
    public required long Number { get; init; }

    public required string At { get; init; }

    /// <summary>JSON, as <see cref="SecurityEvents.CompletedOperation"/> keeps it.</summary>
    public required string Result { get; init; }
}
