using System.Globalization;
using System.Net.Sockets;
using FluentAssertions;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Faults;

/// <summary>The programs of the fault tests, with one known token and no limit of requests, and what is asked of them.</summary>
internal static class FaultProgram
{
    public const string Token = "bootstrap-token-of-the-fault-tests-0123456789";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>A program on its own database, or on the given one.</summary>
    public static ScimProgram Create(IFaultStore? store = null, IReadOnlyList<string>? wrapper = null)
    {
        var program = new ScimProgram { Wrapper = wrapper ?? [] };
        program["ScimSlice__Bootstrap__Token"] = Token;
        program["ScimSlice__Limits__RequestsPerSecond"] = "0";
        program["ScimSlice__Limits__ConcurrentRequests"] = "0";
        store?.Configure(program);
        return program;
    }

    public static ScimClient Client(this ScimProgram program) => program.CreateClient(Token);

    /// <summary>The program's own database, on the engine that the tests run on.</summary>
    public static IFaultStore Store(this ScimProgram program) => TestDatabase.IsPostgres
        ? new PostgresFaultStore(program.Database.ConnectionString)
        : new SqliteFaultStore(program.DatabaseFile);

    /// <summary>What <c>/readyz</c> answers.</summary>
    public static async Task<(int Status, string Text)> ReadyAsync(this ScimProgram program)
    {
        using var response = await Http.GetAsync(new Uri(program.Origin!, "/readyz"));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Whether a new connection is accepted.</summary>
    public static async Task<bool> IsListeningAsync(this ScimProgram program)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(program.Origin!.Host, program.Origin.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether the server has written this to its log.</summary>
    public static bool HasSaid(this ScimProgram program, string text)
    {
        lock (program.Notice)
        {
            return program.Notice.Any(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    public static Task<string> MetricsAsync(this ScimProgram program) => Http.GetStringAsync(new Uri(program.Origin!, "/metrics"));

    /// <summary>503 with a time to wait, which says nothing of our insides.</summary>
    public static void ShouldBeRefused(this ScimAnswer answer)
    {
        answer.ShouldBeError(503);
        int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture).Should().BePositive();
        answer.Detail.Should().Contain("Nothing was changed").And.NotContainAny("sql", "SQL", "disk", "database", ".db");
    }

    /// <summary>One line for the operator, and the status of a failure.</summary>
    public static void ShouldBeRefusedStart(this ProgramResult result)
    {
        result.ExitCode.Should().Be(1, result.Error);
        result.Output.Should().NotContain("Base URL");
        result.ErrorLines.Should().ContainSingle().Which.Should().Contain("database").And.NotContainAny("   at ", "Exception", "repeat the request");
    }
}
