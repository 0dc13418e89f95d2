using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.Organizations;

/// <summary>What was exported or imported: the organization, and how many lines there were of each kind.</summary>
public sealed record TransferResult(OrganizationRow Organization, IReadOnlyDictionary<string, long> Counts);
