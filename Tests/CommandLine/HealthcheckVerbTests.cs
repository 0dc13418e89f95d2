using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class HealthcheckVerbTests
{
    [Fact]
    public async Task A_server_that_is_ready_is_0_and_one_that_is_gone_is_1()
    {
        await using var program = new ScimProgram();
        program["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ScimProgram.FreePort()}";

        var before = await program.RunAsync("healthcheck");
        await program.ServeAsync();
        var ready = await program.RunAsync("healthcheck");
        await program.TerminateAsync();
        var after = await program.RunAsync("healthcheck");

        before.ExitCode.Should().Be(1);
        before.ErrorLines.Should().ContainSingle();
        ready.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        after.ExitCode.Should().Be(1);
        after.ErrorLines.Should().ContainSingle();
    }

    [Fact]
    public async Task A_server_that_listens_everywhere_is_asked_on_this_machine()
    {
        await using var program = new ScimProgram();
        program["ASPNETCORE_URLS"] = null;
        program["ASPNETCORE_HTTP_PORTS"] = $"{ScimProgram.FreePort()}";
        await program.ServeAsync();

        var ready = await program.RunAsync("healthcheck");

        ready.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
    }
}
