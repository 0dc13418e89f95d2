using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Resources;
using Xunit;

namespace ScimSlice.Tests.Scim.Resources;

public sealed class ResourceIdTests
{
    [Fact]
    public void Ids_of_one_moment_are_in_the_order_in_which_they_were_made()
    {
        var now = DateTimeOffset.UtcNow;

        var ids = Enumerable.Range(0, 1000).Select(_ => ResourceId.Create(now)).ToArray();

        ids.Should().BeInAscendingOrder(StringComparer.Ordinal).And.OnlyHaveUniqueItems();
        ids.Should().OnlyContain(id => Guid.Parse(id).Version == 7 && !id.Any(char.IsAsciiLetterUpper) && "89ab".Contains(id[19]));
    }
}
