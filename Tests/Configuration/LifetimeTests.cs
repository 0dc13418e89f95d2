using FluentAssertions;
using ScimSlice.Infrastructure.Configuration;
using Xunit;

namespace ScimSlice.Tests.Configuration;

public sealed class LifetimeTests
{
    [Theory]
    [InlineData("365d", 365 * 86400)]
    [InlineData("12h", 12 * 3600)]
    [InlineData("30m", 30 * 60)]
    [InlineData("90s", 90)]
    [InlineData("36500d", 36500L * 86400)]
    public void A_number_and_a_unit_are_a_lifetime(string text, long seconds)
    {
        var parsed = Lifetime.TryParse(text, out var lifetime);

        parsed.Should().BeTrue();
        lifetime.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("+1d")]
    [InlineData(" 1d")]
    [InlineData("1.5d")]
    [InlineData("1")]
    [InlineData("1w")]
    [InlineData("1D")]
    [InlineData("36501d")]
    [InlineData("99999999999d")]
    public void Anything_else_is_none(string text) => Lifetime.TryParse(text, out _).Should().BeFalse();
}
