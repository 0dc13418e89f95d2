using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class UsageTests(UsageTests.Program program) : IClassFixture<UsageTests.Program>
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("org")]
    [InlineData("org create")]
    [InlineData("org create a b")]
    [InlineData("org list --nonsense")]
    [InlineData("org set")]
    [InlineData("org set acme --strict perhaps")]
    [InlineData("token create acme")]
    [InlineData("token create --name okta")]
    [InlineData("token create acme --name")]
    [InlineData("token create acme --name okta --scope admin")]
    [InlineData("token create acme --name okta --scope 7")]
    [InlineData("token create acme --name okta --expires soon")]
    [InlineData("token create acme --name okta --expires 0d")]
    [InlineData("token create acme --name okta --expires -1d")]
    [InlineData("token create acme --name okta --expires 99999999999d")]
    [InlineData("token revoke acme")]
    [InlineData("config")]
    [InlineData("config check twice")]
    [InlineData("healthcheck now")]
    [InlineData("migrate")]
    [InlineData("migrate down")]
    [InlineData("backup")]
    [InlineData("export")]
    [InlineData("import a b")]
    [InlineData("user")]
    [InlineData("user restore acme")]
    [InlineData("user purge acme")]
    [InlineData("user unacknowledged")]
    [InlineData("user unacknowledged acme --limit 10001")]
    public async Task Wrong_usage_is_told_on_standard_error_and_exits_with_2(string line)
    {
        var result = await program.Value.RunAsync(line.Split(' '));

        result.ExitCode.Should().Be(2, result.Error);
        result.Output.Should().BeEmpty();
        result.ErrorLines.Should().NotBeEmpty();
        result.Error.Should().NotContain("   at ");
        File.Exists(program.Value.DatabaseFile).Should().BeFalse();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    [InlineData("token create --help")]
    public async Task Help_and_version_are_printed_and_exit_with_0(string line)
    {
        var result = await program.Value.RunAsync(line.Split(' '));

        result.ExitCode.Should().Be(0);
        result.Output.Should().NotBeEmpty();
        result.Error.Should().BeEmpty();
        File.Exists(program.Value.DatabaseFile).Should().BeFalse();
    }

    /// <summary>One folder for all: none of these touches the database.</summary>
    public sealed class Program : IAsyncLifetime
    {
        public ScimProgram Value { get; } = new();

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await Value.DisposeAsync();
    }
}
