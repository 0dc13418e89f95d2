using System.Text;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>SIGTERM under load: what is under way is finished and answered, and the program ends with 0.</summary>
[Collection("Faults")]
public sealed class TerminationTests
{
    [Fact]
    public async Task What_is_under_way_is_finished_and_answered()
    {
        for (var left = FaultRounds.Count(unlessSet: 1); left > 0; left--)
        {
            await using var program = FaultProgram.Create();
            await program.ServeAsync();
            var load = new FaultLoad();
            using var stop = new CancellationTokenSource();
            var running = load.RunAsync(program.Client(), stop.Token);
            await Eventually.BeAsync(() => Task.FromResult(load.Acknowledged > 50));

            var status = await program.TerminateAsync();

            await stop.CancelAsync();
            await running;
            status.Should().Be(0);
            load.Refused.Should().Be(0);
            await program.ServeAsync();
            await load.ShouldBeKeptAsync(program.Client());
            load.FoundDone.Should().Be(0, "no change was made whose answer was lost");
            program.Store().ShouldBeWhole(load);
        }
    }

    [Fact]
    public async Task Readiness_ends_at_once_and_a_slow_request_is_still_answered()
    {
        await using var program = FaultProgram.Create();
        program["ScimSlice__Shutdown__DrainSeconds"] = "2";
        await program.ServeAsync();
        var body = ScimClient.User("ana");
        using var slow = await BeginAsync(program, body);
        (await program.ReadyAsync()).Status.Should().Be(200);

        var ending = program.TerminateAsync();
        await Eventually.BeAsync(async () => await program.ReadyAsync() == (503, "draining"));
        (await program.Client().GetAsync("/Users?count=0")).Status.Should().Be(200, "a load balancer may not have noticed yet");
        await Eventually.BeAsync(async () => !await program.IsListeningAsync());
        ending.IsCompleted.Should().BeFalse("a request is under way");
        slow.Write(body[(body.Length / 2)..]);
        var answer = slow.ReadAnswer("POST");

        answer.Status.Should().Be(201);
        (await ending).Should().Be(0);
        await program.ServeAsync();
        (await program.Client().GetAsync($"/Users/{answer.Headers.Location!.Segments[^1]}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_request_is_not_waited_for_longer_than_configured()
    {
        await using var program = FaultProgram.Create();
        program["ASPNETCORE_SHUTDOWNTIMEOUTSECONDS"] = "1";
        await program.ServeAsync();
        using var slow = await BeginAsync(program, ScimClient.User("ana"));

        (await program.TerminateAsync()).Should().Be(0);

        await program.ServeAsync();
        (await program.Client().GetAsync("/Users?count=0")).TotalResults.Should().Be(0);
    }

    /// <summary>A request whose body has arrived by half when this returns.</summary>
    private static async Task<RawHttp> BeginAsync(ScimProgram program, string body)
    {
        var raw = new RawHttp(program.Origin!);
        raw.Write($"POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {FaultProgram.Token}\r\n"
            + $"Content-Type: application/scim+json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body[..(body.Length / 2)]}");
        await Eventually.BeAsync(async () => (await program.MetricsAsync()).Split('\n').Any(line =>
            line.StartsWith("http_server_active_requests{", StringComparison.Ordinal) && line.Contains("\"POST\"", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal)));
        return raw;
    }
}
