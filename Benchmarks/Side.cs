namespace ScimSlice.Benchmarks;

/// <summary>One of the two servers that are measured in turn, with the keys that it is asked for.</summary>
internal sealed class Side(RunningServer server, bool isProbe, string idFile, string nameFile)
{
    private static readonly string Run = Guid.NewGuid().ToString("N")[..8];

    private long patched;
    private int rounds;

    public RunningServer Server => server;

    public bool IsProbe => isProbe;

    /// <summary>One round of load: requests answered per second, and processor time of the server for each, in microseconds.</summary>
    public async Task<(double PerSecond, double Processor)> LoadAsync(Operation operation, int seconds, CancellationToken cancellationToken)
    {
        var script = isProbe && operation.ProbeScript is not null ? operation.ProbeScript : operation.Script;
        var before = server.Processor();
        var (perSecond, requests) = await Wrk.RunAsync(
            server,
            script,
            seconds,
            new Dictionary<string, string>
            {
                ["BENCH_KEYS"] = operation.ByName ? nameFile : idFile,
                ["BENCH_PREFIX"] = isProbe ? operation.ProbePath : operation.ProductPath,
                ["BENCH_SUFFIX"] = isProbe ? "" : operation.ProductSuffix,
                ["BENCH_BODY"] = SeedFile.Body,
                ["BENCH_RUN"] = $"{Run}-{operation.Name}{rounds++}",
                ["BENCH_START"] = $"{patched}",
            },
            cancellationToken);
        if (script == "patch.lua")
        {
            patched += requests / Wrk.Threads;
        }

        return (perSecond, (server.Processor() - before) / requests);
    }
}
