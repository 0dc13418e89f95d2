using System.Globalization;
using CsCheck;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Resources;
using Xunit;

namespace ScimSlice.Tests.Scim.Filters;

public sealed class ComparisonKeyTests
{
    private static readonly Gen<decimal> Numbers = Gen.OneOf(
        Gen.Decimal,
        Gen.Int[-20, 20].Select(number => number / 4m),
        Gen.OneOf(0m, -0.0m, 1m, 1.0m, -1m, 0.0000000000000000000000000001m, -0.0000000000000000000000000001m, decimal.MaxValue, decimal.MinValue));

    private static readonly Gen<DateTimeOffset> Instants = Gen.Select(
        Gen.OneOf(Gen.Long[DateTime.UnixEpoch.Ticks, DateTime.UnixEpoch.Ticks + 1000], Gen.Long[TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay]),
        Gen.Int[-14 * 60, 14 * 60],
        (ticks, minutes) => new DateTimeOffset(ticks, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Keys_of_numbers_order_as_the_numbers_do() => Gen.Select(Numbers, Numbers).Sample(
        (left, right) => Math.Sign(string.CompareOrdinal(ComparisonKey.Of(left), ComparisonKey.Of(right))) == left.CompareTo(right),
        iter: 20_000);

    [Fact]
    public void Keys_of_instants_order_as_the_instants_do() => Gen.Select(Instants, Instants).Sample(
        (left, right) => Math.Sign(string.CompareOrdinal(DateTimeValue.Key(left), DateTimeValue.Key(right))) == left.CompareTo(right),
        iter: 20_000);

    [Fact]
    public void An_instant_is_read_from_any_zone() => Instants.Sample(
        instant => DateTimeValue.TryParse(instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture), out var read) && read == instant,
        iter: 20_000);

    [Theory]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T10:00:00.0000000Z")]
    [InlineData("2026-11-23T10:00:00", "2026-11-23T10:00:00.0000000Z")]
    [InlineData("2026-11-23T12:00:00.5+02:00", "2026-11-23T10:00:00.5000000Z")]
    [InlineData("2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.1234567Z")]
    [InlineData("2026-11-23T10:00:00.12345678901234567890+00:00", "2026-11-23T10:00:00.1234567Z")]
    public void A_date_s_key_is_in_UTC_and_of_one_width(string text, string key)
    {
        DateTimeValue.TryParse(text, out var instant).Should().BeTrue();

        DateTimeValue.Key(instant).Should().Be(key);
    }
}
