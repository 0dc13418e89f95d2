using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class DrainingTests
{
    [Fact]
    public async Task The_time_for_draining_is_not_taken_from_that_for_requests_under_way()
    {
        await using var host = await StartedHost.StartAsync("--ScimSlice:Shutdown:DrainSeconds", "0");
        await using var draining = await StartedHost.StartAsync("--ScimSlice:Shutdown:DrainSeconds", "7");

        var (without, with) = (ShutdownTimeout(host), ShutdownTimeout(draining));

        with.Should().Be(without + TimeSpan.FromSeconds(7));
    }

    private static TimeSpan ShutdownTimeout(StartedHost host) => host.Value.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
}
