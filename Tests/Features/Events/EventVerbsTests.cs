using FluentAssertions;
using ScimSlice.Features.Events;
using Xunit;

namespace ScimSlice.Tests.Features.Events;

public sealed class EventVerbsTests
{
    [Theory]
    [InlineData(0, "0m 0s")]
    [InlineData(59, "0m 59s")]
    [InlineData(900, "15m 0s")]
    [InlineData(7260, "2h 1m")]
    [InlineData(90000, "1d 1h")]
    public void An_age_is_told_in_its_two_largest_units(int seconds, string text) => EventVerbs.Age(TimeSpan.FromSeconds(seconds)).Should().Be(text);
}
