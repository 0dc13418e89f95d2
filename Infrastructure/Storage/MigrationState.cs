namespace ScimSlice.Infrastructure.Storage;

/// <summary>One version of the schema.</summary>
/// <param name="AppliedAt">When the database got it, as UTC text; null where it has not yet.</param>
public sealed record MigrationState(long Version, string Name, string? AppliedAt);
