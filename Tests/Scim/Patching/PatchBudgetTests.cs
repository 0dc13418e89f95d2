using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Protocol;
using Xunit;

namespace ScimSlice.Tests.Scim.Patching;

public sealed class PatchBudgetTests
{
    [Fact]
    public void Operations_that_look_at_too_many_values_together_are_refused()
    {
        var emails = string.Join(",", Enumerable.Range(0, 1000).Select(index => $$"""{"value":"{{index}}@x.example","type":"work"}"""));
        var document = Sample.ReadUser($"\"emails\":[{emails}]");
        var filter = string.Join(" or ", Enumerable.Range(0, 100).Select(index => $"value eq \\\"{index}\\\""));
        var operation = $$"""{"op":"remove","path":"emails[{{filter}}]"}""";

        var apply = () => Patch.Apply(document, $"[{string.Join(",", Enumerable.Repeat(operation, 11))}]");

        apply.Should().Throw<ScimException>().Which.Status.Should().Be(413);
        Patch.Apply(document, $"[{operation}]").Should().NotBeNull();
    }
}
