using FluentAssertions;
using Microsoft.Extensions.Configuration;
using ScimSlice.Infrastructure.Configuration;
using Xunit;

namespace ScimSlice.Tests.Configuration;

public sealed class RetentionSettingTests
{
    [Theory]
    [InlineData(null, 30)]
    [InlineData("7d", 7)]
    [InlineData("48h", 2)]
    [InlineData("forever", null)]
    [InlineData("Forever", null)]
    public void Deleted_users_are_kept_as_long_as_is_set(string? value, int? days)
    {
        var options = Read(value);

        options.Faults.Should().BeEmpty();
        options.Retention.DeletedUsers.Should().Be(days is { } number ? TimeSpan.FromDays(number) : null);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0d")]
    [InlineData("30")]
    [InlineData("")]
    [InlineData("never")]
    public void What_is_no_time_is_told_in_one_line(string value)
    {
        var options = Read(value);

        options.Faults.Should().ContainSingle().Which.Should().StartWith("ScimSlice:Retention:DeletedUsers ").And.Contain("forever");
    }

    private static ScimSliceOptions Read(string? value) => ScimSliceOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(value is null ? [] : [new("ScimSlice:Retention:DeletedUsers", value)]).Build());
}
