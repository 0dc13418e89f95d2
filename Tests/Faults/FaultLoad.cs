using System.Collections.Concurrent;
using System.Text;
using FluentAssertions;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// Clients that change resources at once, each for itself, and know exactly what was answered. Whatever an answer says is held
/// against what is read later: success is kept, a refusal that says that nothing was changed has changed nothing, and a request
/// without an answer was carried out whole or not at all.
/// </summary>
internal sealed class FaultLoad
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FaultClient[] clients;
    private readonly ConcurrentDictionary<FaultResource, bool> touched = new();
    private readonly ConcurrentQueue<string> violations = new();
    private int acknowledged;
    private int refused;
    private int refusedInARow;
    private int foundDone;
    private int unanswered;

    public FaultLoad(int clients = 8, string name = "c")
    {
        var seed = Environment.TickCount;
        this.clients = [.. Enumerable.Range(0, clients).Select(number => new FaultClient($"{name}{number}", new Random(seed + number)))];
    }

    /// <summary>Requests that were answered with success.</summary>
    public int Acknowledged => acknowledged;

    /// <summary>Requests that were answered 503.</summary>
    public int Refused => refused;

    /// <summary>Changes that were answered 503 since the last success.</summary>
    public int RefusedInARow => refusedInARow;

    /// <summary>Requests whose connection ended before an answer.</summary>
    public int Unanswered => unanswered;

    /// <summary>Changes that were not acknowledged and turned out to have been made.</summary>
    public int FoundDone => foundDone;

    public IEnumerable<FaultResource> Resources => clients.SelectMany(client => client.Resources);

    /// <summary>Makes changes until told to stop. What a fault leaves open is read before its resource is changed again.</summary>
    /// <param name="server">The server to ask now, for each client by its number; asked before each request, so that a load can move on.</param>
    public Task RunAsync(Func<int, ScimClient> server, CancellationToken stop) =>
        Task.WhenAll(clients.Select((client, number) => Task.Run(() => RunAsync(client, () => server(number), stop), CancellationToken.None)));

    public Task RunAsync(ScimClient server, CancellationToken stop) => RunAsync(_ => server, stop);

    /// <summary>Makes changes until the condition holds.</summary>
    public async Task RunForAsync(ScimClient server, Func<bool> until)
    {
        using var stop = new CancellationTokenSource();
        var running = RunAsync(server, stop.Token);
        try
        {
            await Eventually.BeAsync(() => Task.FromResult(until() || !violations.IsEmpty));
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }

        ShouldBeClean();
    }

    /// <summary>Reads every resource that was touched since the last time, and what each is from now on. The load must not run.</summary>
    public async Task ShouldBeKeptAsync(ScimClient server)
    {
        await Parallel.ForEachAsync(touched.Keys, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (resource, _) =>
        {
            if (!await TrySettleAsync(resource, server))
            {
                violations.Enqueue($"{resource.Collection} {resource.Name} cannot be read");
            }
        });
        touched.Clear();
        ShouldBeClean();
    }

    /// <summary>No answer was other than it may be.</summary>
    public void ShouldBeClean() => violations.Should().BeEmpty();

    private async Task RunAsync(FaultClient client, Func<ScimClient> server, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (client.Resources.LastOrDefault(resource => resource.InFlight is not null) is { } open)
            {
                if (!await TrySettleAsync(open, server()))
                {
                    await Task.Delay(Pause, CancellationToken.None);
                }

                continue;
            }

            if (!await SendAsync(client.NextChange(), server()))
            {
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    /// <summary>Whether the change was acknowledged.</summary>
    private async Task<bool> SendAsync(PlannedChange change, ScimClient server)
    {
        foreach (var (resource, after) in change.Effects)
        {
            resource.Begin(after);
            touched[resource] = true;
        }

        if (await TryAskAsync(server, change.Method, change.Path, change.Body) is not { } answer)
        {
            Interlocked.Increment(ref unanswered);
            return false;
        }

        if (answer.Status == change.Acknowledged)
        {
            var ids = Ids(change, answer);
            foreach (var (index, (resource, _)) in change.Effects.Index())
            {
                resource.Acknowledge(ids.ElementAtOrDefault(index));
            }

            Interlocked.Increment(ref acknowledged);
            Interlocked.Exchange(ref refusedInARow, 0);
            return true;
        }

        Interlocked.Increment(ref refusedInARow);
        Check503(answer, $"{change.Method} {change.Path}");
        if (answer.Detail.Contains("Nothing was changed", StringComparison.Ordinal))
        {
            foreach (var (resource, _) in change.Effects)
            {
                resource.Refuse();
            }
        }

        return false;
    }

    /// <summary>The ids that an answer tells, in the order of the change's effects; each operation of a Bulk request has one effect.</summary>
    private IReadOnlyList<string?> Ids(PlannedChange change, ScimAnswer answer)
    {
        if (change.Path != "/Bulk")
        {
            return change.Method == "POST" ? [answer.Id] : [];
        }

        var operations = answer.Body["Operations"]!.AsArray();
        if (operations.Count != change.Effects.Count || operations.Any(operation => operation!["response"] is not null))
        {
            violations.Enqueue($"Bulk was answered {answer.Text}");
        }

        return [.. operations.Select(operation => operation!["location"]?.GetValue<string>().Split('/')[^1])];
    }

    /// <summary>Reads what a resource is now; false where there is no answer yet.</summary>
    private async Task<bool> TrySettleAsync(FaultResource resource, ScimClient server)
    {
        var path = resource.Id is null
            ? $"{resource.Collection}?filter={Uri.EscapeDataString(resource.Filter)}&{resource.Excluded}"
            : $"{resource.Path}?{resource.Excluded}";
        if (await TryAskAsync(server, "GET", path, null) is not { } answer)
        {
            return false;
        }

        if (answer.Status is not (200 or 404))
        {
            Check503(answer, $"GET {path}");
            return false;
        }

        var found = answer.Status == 404 ? null : resource.Id is null ? answer.Resources.SingleOrDefault() : answer.Body;
        var read = found is null ? ResourceState.Absent : ResourceState.Of(found);
        if (resource.InFlight?.Reads(read) == true && !resource.Acknowledged.Reads(read))
        {
            Interlocked.Increment(ref foundDone);
        }

        if (resource.Settle(read, found?["id"]!.GetValue<string>()) is { } violation)
        {
            violations.Enqueue(violation);
            resource.Refuse();
        }

        return true;
    }

    /// <summary>The answer; null where the connection ended without one.</summary>
    private static async Task<ScimAnswer?> TryAskAsync(ScimClient server, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{server.BaseUrl}{path}"));
        request.Headers.TryAddWithoutValidation("Authorization", server.Authorization);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/scim+json");
        }

        try
        {
            using var response = await Http.SendAsync(request);
            return new ScimAnswer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The one refusal that a fault may cause: 503 with a time to wait, as a SCIM error that reveals nothing.</summary>
    private void Check503(ScimAnswer answer, string request)
    {
        Interlocked.Increment(ref refused);
        if (answer.Status != 503 || answer.Headers.RetryAfter?.Delta is null || answer.Body["status"]?.GetValue<string>() != "503")
        {
            violations.Enqueue($"{request} was answered {answer.Status}: {answer.Text}");
        }
    }
}
