namespace ScimSlice.Infrastructure.Storage;

/// <summary>Which versions of the schema a database has, and which this program would add.</summary>
/// <param name="Fault">Why this program cannot use the database, a newer one or one of another program; null where it can.</param>
public sealed record MigrationStatus(IReadOnlyList<MigrationState> Migrations, string? Fault)
{
    public bool IsCurrent => Fault is null && Migrations.All(migration => migration.AppliedAt is not null);
}
