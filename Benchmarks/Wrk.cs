using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ScimSlice.Benchmarks;

/// <summary>Runs wrk with 32 connections and reads what it counted. Anything but successful answers ends the run.</summary>
internal static partial class Wrk
{
    public const int Connections = 32;
    public const int Threads = 2;

    /// <summary>Requests answered per second, and requests sent in all.</summary>
    public static async Task<(double PerSecond, long Requests)> RunAsync(
        RunningServer server, string script, int seconds, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            $"-t{Threads}", $"-c{Connections}", $"-d{seconds}s", "-H", $"Authorization: Bearer {server.Token}", "-H", "Content-Type: application/scim+json",
            "-s", Path.Combine(AppContext.BaseDirectory, "Load", script), $"http://127.0.0.1:{server.Port}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var wrk = StartOrExplain(start);
        try
        {
            var faults = wrk.StandardError.ReadToEndAsync(cancellationToken);
            var output = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
            await wrk.WaitForExitAsync(cancellationToken);
            if (wrk.ExitCode != 0 || output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal)
                || !PerSecond().IsMatch(output))
            {
                throw new BenchmarkException($"wrk {script}: {output}{await faults}");
            }

            return (
                double.Parse(PerSecond().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
                long.Parse(Requests().Match(output).Groups[1].Value, CultureInfo.InvariantCulture));
        }
        finally
        {
            if (!wrk.HasExited)
            {
                wrk.Kill();
            }
        }
    }

    private static Process StartOrExplain(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchmarkException("There is no wrk; on Debian: apt-get install wrk");
        }
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"([0-9]+) requests in")]
    private static partial Regex Requests();
}
