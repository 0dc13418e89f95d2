using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
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

    [Fact]
    public void The_values_of_one_operation_are_one_value_in_memory()
    {
        var document = Sample.ReadUser("\"emails\": [{\"value\": \"a@x\"}, {\"value\": \"b@x\"}]");

        var patched = Patch.Apply(document, """[{"op": "replace", "path": "emails.display", "value": "long"}]""");

        var displays = ((AttributeValue.Multi)patched.Attributes["emails"]!).Elements.Select(element => ((AttributeValue.Complex)element)["display"]).ToArray();
        displays.Should().HaveCount(2).And.OnlyContain(display => ReferenceEquals(display, displays[0]));
    }
}
