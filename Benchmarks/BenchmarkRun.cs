using System.Globalization;

namespace ScimSlice.Benchmarks;

/// <summary>Two servers under the same load in turn, round by round, and the ratio of what they answered.</summary>
internal sealed class BenchmarkRun(RunOptions options, CancellationToken cancellationToken)
{
    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("scimslice-benchmark-").FullName;
        var servers = new List<RunningServer>();
        try
        {
            var sides = new List<(Side Side, SeedFile Seed, string Id, string Name)>();
            foreach (var users in options.Users)
            {
                var seed = await SeedAsync(folder, users);
                var (organizationId, token) = await seed.IssueTokenAsync();
                var (ids, names) = seed.Keys();
                var (idFile, nameFile) = (Path.Combine(folder, $"ids-{users}"), Path.Combine(folder, $"names-{users}"));
                await File.WriteAllLinesAsync(idFile, ids, cancellationToken);
                await File.WriteAllLinesAsync(nameFile, names, cancellationToken);
                servers.Add(await RunningServer.StartProductAsync(options.Product, seed, token, cancellationToken));
                sides.Add((new Side(servers[^1], isProbe: false, idFile, nameFile), seed, ids[0], names[0]));
                if (!options.Compares)
                {
                    servers.Add(await RunningServer.StartProbeAsync(seed, organizationId, token, cancellationToken));
                    sides.Add((new Side(servers[^1], isProbe: true, idFile, nameFile), seed, ids[0], names[0]));
                }
            }

            foreach (var operation in options.Operations)
            {
                foreach (var (side, seed, id, name) in sides)
                {
                    await AnswerCheck.CheckAsync(operation, side, seed, id, name);
                }
            }

            await MeasureAsync(sides[0].Side, sides[1].Side);
            TellMemory([.. sides.Where(side => !side.Side.IsProbe).Select(side => (side.Side, side.Seed))]);
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void TellMemory(IReadOnlyList<(Side Side, SeedFile Seed)> products)
    {
        Console.WriteLine();
        foreach (var (side, seed) in products)
        {
            var (resident, own, peak) = side.Server.Memory();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ScimSlice with {seed.Users:N0} users after the run: {resident} MB resident, {own} MB of it its own; at most {peak} MB"));
        }
    }

    private async Task<SeedFile> SeedAsync(string folder, int users)
    {
        var kept = options.Folder ?? folder;
        Directory.CreateDirectory(kept);
        var seed = new SeedFile(Path.Combine(kept, $"seed-{users}.db"), users);
        await seed.EnsureAsync(cancellationToken);

        // A run adds and changes users; the seed stays as it is.
        return options.Folder is null ? seed : seed.CopyTo(Path.Combine(folder, $"run-{users}.db"));
    }

    private async Task MeasureAsync(Side first, Side second)
    {
        var (few, many) = (options.Users[0], options.Users[^1]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{few:N0}{(options.Compares ? $" and {many:N0}" : "")} users, {Wrk.Connections} connections, {options.Rounds} rounds of {options.Seconds} s each, in turn, after one of {options.WarmUp} s that warms up"));
        Console.WriteLine();
        var (over, under) = options.Compares ? (second, first) : (first, second);
        var (overName, underName) = options.Compares
            ? (string.Create(CultureInfo.InvariantCulture, $"{many:N0} users"), string.Create(CultureInfo.InvariantCulture, $"{few:N0} users"))
            : ("ScimSlice", "probe");
        Console.WriteLine($"| operation | {overName} to {underName}, req/s: median (least to most) | {overName}, req/s | {underName}, req/s | {overName}, server µs | {underName}, server µs |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var operation in options.Operations)
        {
            var (overs, unders) = (new List<(double PerSecond, double Processor)>(), new List<(double PerSecond, double Processor)>());
            for (var round = 0; round <= options.Rounds; round++)
            {
                var seconds = round == 0 ? options.WarmUp : options.Seconds;
                var a = await over.LoadAsync(operation, seconds, cancellationToken);
                var b = await under.LoadAsync(operation, seconds, cancellationToken);
                await Console.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {operation.Title}, {(round == 0 ? "warm-up" : $"round {round}")}: {a.PerSecond:F0} to {b.PerSecond:F0} req/s = {a.PerSecond / b.PerSecond:F2}; {a.Processor:F0} and {b.Processor:F0} µs"));
                if (round > 0)
                {
                    overs.Add(a);
                    unders.Add(b);
                }
            }

            double[] ratios = [.. overs.Zip(unders, (a, b) => a.PerSecond / b.PerSecond)];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {operation.Title} | {Median(ratios):F2} ({ratios.Min():F2} to {ratios.Max():F2}) | {PerSecond(overs):F0} | {PerSecond(unders):F0} | {Processor(overs):F0} | {Processor(unders):F0} |"));
        }

        static double PerSecond(List<(double PerSecond, double Processor)> rounds) => Median([.. rounds.Select(round => round.PerSecond)]);
        static double Processor(List<(double PerSecond, double Processor)> rounds) => Median([.. rounds.Select(round => round.Processor)]);
    }
}
