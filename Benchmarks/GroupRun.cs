using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Benchmarks;

/// <summary>
/// What groups cost by their size, and Bulk beside as many requests: one client, request by request, the two that are compared in turn.
/// </summary>
internal sealed class GroupRun(RunOptions options, CancellationToken cancellationToken)
{
    private const int Few = 10;
    private const int Requests = 200;
    private const string PatchHead = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[""";

    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("scimslice-benchmark-").FullName;
        try
        {
            var kept = options.Folder ?? folder;
            Directory.CreateDirectory(kept);
            var users = options.Users[0];
            var seed = new SeedFile(Path.Combine(kept, $"seed-{users}.db"), users);
            await seed.EnsureAsync(cancellationToken);
            var copy = seed.CopyTo(Path.Combine(folder, "groups.db"));
            var (_, token) = await copy.IssueTokenAsync();
            await using var server = await RunningServer.StartProductAsync(options.Product, copy, token, cancellationToken);
            var (ids, names) = copy.Keys();
            var everyone = await AllIdsAsync(server, users);
            var small = await CreateAsync(server, "small", everyone[..Few]);
            var large = await CreateAsync(server, "large", everyone[1..]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Groups of {Few} and of {users - 1:N0} members, {users:N0} users; one client; median of {Requests} requests each, in turn"));
            Console.WriteLine();
            Console.WriteLine("| what | small, µs | large, µs | large to small |");
            Console.WriteLine("| --- | --- | --- | --- |");
            await CompareAsync("a member comes and goes, PATCH each", PatchAsync(server, small, everyone[0], ids[0]), PatchAsync(server, large, everyone[0], everyone[0]));
            await CompareAsync("GET without members", () => AskAsync(server, $"/Groups/{small}?excludedAttributes=members"), () => AskAsync(server, $"/Groups/{large}?excludedAttributes=members"));
            await CompareAsync("rename", RenameAsync(server, small), RenameAsync(server, large));
            await CompareAsync(
                "filter id eq … and members eq …",
                () => AskAsync(server, $"/Groups?attributes=id&filter={Uri.EscapeDataString($"id eq \"{small}\" and members eq \"{everyone[3]}\"")}"),
                () => AskAsync(server, $"/Groups?attributes=id&filter={Uri.EscapeDataString($"id eq \"{large}\" and members eq \"{everyone[3]}\"")}"));
            await CompareAsync(
                "GET of a page of 10 members",
                () => AskAsync(server, $"/Groups/{small}?membersCount=10"),
                () => AskAsync(server, $"/Groups/{large}?membersCount=10&membersAfter={everyone[users / 2]}"));
            await CompareAsync(
                "filter by userName of a user in one group, in two",
                () => AskAsync(server, $"/Users?filter={Uri.EscapeDataString($"userName eq \"{names[0]}\"")}"),
                () => AskAsync(server, $"/Users?filter={Uri.EscapeDataString("userName eq \"seed3@example.com\"")}"));
            await WholeAsync(server, large);
            await ThousandAsync(server, small, everyone);
            await BulkAsync(server);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string what, Func<Task> small, Func<Task> large)
    {
        var (smalls, larges) = (new List<double>(), new List<double>());
        for (var request = -Requests / 2; request < Requests; request++)
        {
            var (first, second) = (await TimeAsync(small), await TimeAsync(large));
            if (request >= 0)
            {
                smalls.Add(first);
                larges.Add(second);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {Median(smalls):F0} | {Median(larges):F0} | {Median(larges) / Median(smalls):F2} |"));
    }

    private async Task WholeAsync(RunningServer server, string large)
    {
        var before = server.Memory();
        var times = new List<double>();
        long bytes = 0;
        for (var round = 0; round < options.Rounds; round++)
        {
            times.Add(await TimeAsync(async () => bytes = (await server.Http.GetByteArrayAsync(new Uri($"/scim/v2/Groups/{large}", UriKind.Relative), cancellationToken)).LongLength));
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"GET of the large group whole: {bytes / 1048576.0:F1} MB in {Median(times) / 1000:F0} ms; memory before {before.Resident} MB, after {options.Rounds} of them {server.Memory().Resident} MB"));
    }

    private async Task ThousandAsync(RunningServer server, string small, string[] everyone)
    {
        var times = new List<double>();
        var members = JsonSerializer.Serialize(everyone[1000..2000].Select(id => new { value = id }));
        for (var round = 0; round < options.Rounds; round++)
        {
            times.Add(await TimeAsync(() => SendAsync(server, "PATCH", $"/Groups/{small}", $$"""{{PatchHead}}{"op":"add","path":"members","value":{{members}}}]}""")));
            times.Add(await TimeAsync(() => SendAsync(server, "PATCH", $"/Groups/{small}", $$"""{{PatchHead}}{"op":"remove","path":"members","value":{{members}}}]}""")));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"1,000 members in one PATCH: {Median(times) / 1000:F1} ms"));
    }

    private async Task BulkAsync(RunningServer server)
    {
        var (bulks, singles, parallels) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < options.Rounds; round++)
        {
            var bodies = Enumerable.Range(0, ScimLimits.Default.MaxBulkOperations).Select(_ => SeedFile.Body.Replace("NAME", $"bulk-{Guid.NewGuid():N}", StringComparison.Ordinal)).ToArray();
            var operations = string.Join(',', bodies.Select((body, index) => $$"""{"method":"POST","path":"/Users","bulkId":"{{index}}","data":{{body}}}"""));
            var bulk = await TimeAsync(() => SendAsync(server, "POST", "/Bulk", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{operations}}]}"""));
            var others = bodies.Select(body => body.Replace("bulk-", "post-", StringComparison.Ordinal)).ToArray();
            var single = await TimeAsync(async () =>
            {
                foreach (var body in others)
                {
                    await SendAsync(server, "POST", "/Users", body);
                }
            });
            var parallel = await TimeAsync(() => Parallel.ForEachAsync(
                others.Select(body => body.Replace("post-", "many-", StringComparison.Ordinal)),
                new ParallelOptions { MaxDegreeOfParallelism = Wrk.Connections },
                async (body, _) => await SendAsync(server, "POST", "/Users", body)));
            if (round >= 0)
            {
                bulks.Add(bulk);
                singles.Add(single);
                parallels.Add(parallel);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"1,000 creates: one Bulk {Median(bulks) / 1000:F0} ms, 1,000 POSTs one after another {Median(singles) / 1000:F0} ms ({Median(singles) / Median(bulks):F1} times), of {Wrk.Connections} clients at once {Median(parallels) / 1000:F0} ms ({Median(parallels) / Median(bulks):F1} times)"));
    }

    private async Task<string[]> AllIdsAsync(RunningServer server, int users)
    {
        var ids = new List<string>(users);
        for (var cursor = ""; cursor is not null;)
        {
            using var page = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri($"/scim/v2/Users?attributes=id&count=200&cursor={cursor}", UriKind.Relative), cancellationToken));
            ids.AddRange(page.RootElement.GetProperty("Resources").EnumerateArray().Select(user => user.GetProperty("id").GetString()!));
            cursor = page.RootElement.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }

        return [.. ids];
    }

    private async Task<string> CreateAsync(RunningServer server, string name, string[] members)
    {
        using var made = JsonDocument.Parse(await SendAsync(server, "POST", "/Groups", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{{name}}"}"""));
        var id = made.RootElement.GetProperty("id").GetString()!;
        foreach (var chunk in members.Chunk(10_000))
        {
            await SendAsync(server, "PATCH", $"/Groups/{id}", $$"""{{PatchHead}}{"op":"add","path":"members","value":{{JsonSerializer.Serialize(chunk.Select(member => new { value = member }))}}}]}""");
        }

        return id;
    }

    private Func<Task> PatchAsync(RunningServer server, string group, string first, string second)
    {
        var member = first;
        return async () =>
        {
            await SendAsync(server, "PATCH", $"/Groups/{group}", $$"""{{PatchHead}}{"op":"add","path":"members","value":[{"value":"{{member}}"}]}]}""");
            await SendAsync(server, "PATCH", $"/Groups/{group}", $$"""{{PatchHead}}{"op":"remove","path":"members[value eq \"{{member}}\"]"}]}""");
            member = member == first ? second : first;
        };
    }

    private Func<Task> RenameAsync(RunningServer server, string group)
    {
        var number = 0;
        return () => SendAsync(server, "PATCH", $"/Groups/{group}", $$"""{{PatchHead}}{"op":"replace","path":"displayName","value":"name {{++number}}"}]}""");
    }

    private async Task AskAsync(RunningServer server, string path) => await server.Http.GetStringAsync(new Uri($"/scim/v2{path}", UriKind.Relative), cancellationToken);

    private async Task<string> SendAsync(RunningServer server, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"/scim/v2{path}", UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/scim+json") };
        using var answer = await server.Http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode && !text.Contains("api:messages:2.0:Error", StringComparison.Ordinal)
            ? text
            : throw new BenchmarkException($"{method} {path} was answered {(int)answer.StatusCode}: {text[..Math.Min(300, text.Length)]}");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Median(List<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }
}
