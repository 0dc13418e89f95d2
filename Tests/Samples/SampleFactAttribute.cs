using Xunit;

namespace ScimSlice.Tests.Samples;

/// <summary>A test that runs a sample; skipped, visibly, where there is no Python, but not in the gate, which installs it: there the test fails.</summary>
public sealed class SampleFactAttribute : FactAttribute
{
    public SampleFactAttribute() => Skip = SampleProgram.HasPython || Environment.GetEnvironmentVariable("CI") == "true" ? null : "There is no python3: install it (Debian: python3), and the samples are tested.";
}
