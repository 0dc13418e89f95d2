using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace ScimSlice.Tests.Support;

/// <summary>The real program as a process of its own, on a database in a folder of its own, as an operator would run it.</summary>
public sealed class ScimProgram : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigTerm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string> environment = [];
    private Process? server;

    public ScimProgram()
    {
        Database = new TestDatabase(DatabaseFile);
        this["ScimSlice__Database__Provider"] = TestDatabase.Provider;
        this["ScimSlice__Database__ConnectionString"] = Database.ConnectionString;
        this["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("scimslice-program-").FullName;

    /// <summary>The database, where the tests run on SQLite.</summary>
    public string DatabaseFile => Path.Combine(Folder, "data", "scimslice.db");

    public TestDatabase Database { get; }

    /// <summary>A command with its arguments that each process is started through: <c>setpriv</c>, a shell that sets a limit.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>The number of the server's process.</summary>
    public int ProcessId => server!.Id;

    /// <summary>Where the server listens, once it has been started.</summary>
    public Uri? Origin { get; private set; }

    /// <summary>What the server has written to standard output until it listened.</summary>
    public List<string> Notice { get; } = [];

    /// <summary>An environment variable of every process started from here on; null takes it away.</summary>
    public string? this[string name]
    {
        set
        {
            environment.Remove(name);
            if (value is not null)
            {
                environment[name] = value;
            }
        }
    }

    /// <summary>Runs a verb to its end.</summary>
    public async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var timeout = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new ProgramResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{string.Join(' ', arguments)} has not ended within {Patience.TotalSeconds} seconds.");
        }
    }

    /// <summary>Runs a verb that goes on until Ctrl+C, which is pressed as soon as it has printed what is waited for.</summary>
    public async Task<ProgramResult> RunUntilAsync(Func<string, bool> hasPrinted, Func<Task> meanwhile, params string[] arguments)
    {
        using var process = Start(arguments);
        using var timeout = new CancellationTokenSource(Patience);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        var printed = new System.Text.StringBuilder();
        var first = true;
        while (!hasPrinted(printed.ToString()) && await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            printed.AppendLine(line);
            if (first)
            {
                first = false;
                await meanwhile();
            }
        }

        _ = Kill(process.Id, SigInt);
        await process.WaitForExitAsync(timeout.Token);
        return new ProgramResult(process.ExitCode, printed.ToString(), await error);
    }

    /// <summary>A port that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Runs a verb with <c>--json</c> and reads what it prints. Throws where it fails.</summary>
    public async Task<JsonNode> RunJsonAsync(params string[] arguments)
    {
        var result = await RunAsync([.. arguments, "--json"]);
        return result.ExitCode == 0 ? JsonNode.Parse(result.Output)! : throw new InvalidOperationException($"{result.ExitCode}: {result.Error}");
    }

    /// <summary>Starts the server and waits until it listens. Throws with what it wrote where it does not.</summary>
    public async Task ServeAsync(params string[] arguments)
    {
        Notice.Clear();
        Origin = null;
        server = Start(arguments);
        var error = server.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(Patience);
        while (await server.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            Notice.Add(line);
            if (line.Contains("Base URL: ", StringComparison.Ordinal))
            {
                Origin = new Uri(line[(line.IndexOf("Base URL: ", StringComparison.Ordinal) + 10)..]);
                break;
            }
        }

        if (Origin is null)
        {
            throw new InvalidOperationException($"The server did not start: {await error}");
        }

        var rest = server.StandardOutput;
        _ = Task.Run(async () =>
        {
            while (await rest.ReadLineAsync() is { } line)
            {
                lock (Notice)
                {
                    Notice.Add(line);
                }
            }
        });
    }

    /// <summary>Starts the server and kills it after a while, wherever it is then.</summary>
    public async Task ServeForAsync(TimeSpan time)
    {
        server = Start([]);
        await Task.Delay(time);
        await KillAsync();
    }

    /// <summary>A client of the running server with this token.</summary>
    public ScimClient CreateClient(string token, string organization = "") => new(Origin!, organization, "", $"Bearer {token}");

    /// <summary>Ends the server without a warning, as a power cut would (kill -9).</summary>
    public async Task KillAsync()
    {
        server!.Kill();
        await server.WaitForExitAsync();
    }

    /// <summary>Asks the server to end, as an orchestrator does, and returns its exit status.</summary>
    public async Task<int> TerminateAsync()
    {
        _ = Kill(server!.Id, SigTerm);
        using var timeout = new CancellationTokenSource(Patience);
        await server.WaitForExitAsync(timeout.Token);
        return server.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is { HasExited: false })
        {
            await KillAsync();
        }

        server?.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private Process Start(string[] arguments)
    {
        string[] command = [.. Wrapper, "dotnet", Path.Combine(AppContext.BaseDirectory, "ScimSlice.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ScimSlice__", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
