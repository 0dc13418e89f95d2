using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>The fault tests run one after another: each keeps the machine busy with processes of its own.</summary>
[CollectionDefinition("Faults")]
public sealed class FaultCollection;
