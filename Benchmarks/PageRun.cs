using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Benchmarks;

/// <summary>Whether the page at nine tenths of a list costs what the first page costs, by cursor: the same server is asked for both in turn.</summary>
internal sealed class PageRun(RunOptions options, CancellationToken cancellationToken)
{
    private const int Count = 100;
    private const double Far = 0.9;

    public async Task RunAsync()
    {
        var users = options.Users[0];
        var folder = Directory.CreateTempSubdirectory("scimslice-benchmark-").FullName;
        try
        {
            var kept = options.Folder ?? folder;
            Directory.CreateDirectory(kept);
            var seed = new SeedFile(Path.Combine(kept, $"seed-{users}.db"), users);
            await seed.EnsureAsync(cancellationToken);
            var (organizationId, token) = await seed.IssueTokenAsync();
            await using var server = await RunningServer.StartProductAsync(options.Product, seed, token, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{users:N0} users, pages of {Count}, {Wrk.Connections} connections, {options.Rounds} rounds of {options.Seconds} s each, in turn"));
            Console.WriteLine();
            Console.WriteLine($"| order | first page to that at {Far:P0}, req/s: median (least to most) | first, req/s | far, req/s |");
            Console.WriteLine("| --- | --- | --- | --- |");
            foreach (var (title, sortBy, column) in ((string, string, string)[])[("creation", "", "id"), ("userName", "userName", "user_name_key"), ("displayName", "displayName", "display_name_key")])
            {
                var query = $"count={Count}{(sortBy.Length == 0 ? "" : $"&sortBy={sortBy}")}";
                var cursor = CursorAt(seed, organizationId, sortBy, column);
                var (firsts, fars) = (new List<double>(), new List<double>());
                for (var round = 0; round <= options.Rounds; round++)
                {
                    var seconds = round == 0 ? options.WarmUp : options.Seconds;
                    var first = await LoadAsync(server, $"/scim/v2/Users?cursor&{query}", seconds);
                    var far = await LoadAsync(server, $"/scim/v2/Users?cursor={cursor}&{query}", seconds);
                    if (round > 0)
                    {
                        firsts.Add(first);
                        fars.Add(far);
                    }
                }

                double[] ratios = [.. firsts.Zip(fars, (first, far) => first / far).Order()];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {title} | {ratios[ratios.Length / 2]:F2} ({ratios[0]:F2} to {ratios[^1]:F2}) | {firsts.Average():F0} | {fars.Average():F0} |"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<double> LoadAsync(RunningServer server, string path, int seconds) =>
        (await Wrk.RunAsync(server, "list.lua", seconds, new Dictionary<string, string> { ["BENCH_PREFIX"] = path }, cancellationToken)).PerSecond;

    /// <summary>The cursor that a client would have after so many pages, sealed as the server seals it.</summary>
    private static string CursorAt(SeedFile seed, string organizationId, string sortBy, string column)
    {
        using var connection = new SqliteConnection($"Data Source={seed.ProductFile};Pooling=False");
        connection.Open();
        var key = connection.QuerySingle<byte[]>("select cursor_key from organizations where id = @organizationId", new { organizationId });
        var place = connection.QuerySingle<(string Id, string Key)>(
            $"select id, {column} from users where organization_id = @organizationId order by {column} limit 1 offset @offset",
            new { organizationId, offset = (int)(seed.Users * Far) });
        var request = CursorRequest.Of("", "/Users", null, sortBy.Length == 0 ? null : sortBy, null, null, null);
        return new CursorSeal(key, DateTimeOffset.UtcNow).Seal(new Cursor(sortBy.Length == 0 ? null : place.Key, place.Id, Backward: false, seed.Users), request, Count);
    }
}
