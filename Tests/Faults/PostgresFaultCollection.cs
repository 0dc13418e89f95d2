using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>The fault tests with PostgreSQL servers of their own run one after another, beside the others.</summary>
[CollectionDefinition("Postgres faults")]
public sealed class PostgresFaultCollection;
