using System.Diagnostics;
using ScimSlice.Tests.Architecture;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Samples;

/// <summary>A program of the folder samples, as a process of its own.</summary>
internal sealed class SampleProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly Task reading;

    private SampleProgram(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Whether there is a Python to run it with.</summary>
    public static bool HasPython { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3")));

    /// <summary>All that it has written until now.</summary>
    public string Output
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    /// <param name="name">The file's: <c>follow.py</c>.</param>
    public static SampleProgram Start(string name, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(SourceTree.Root, "samples", name), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        return new SampleProgram(Process.Start(start)!);
    }

    /// <summary>Waits until it has written something.</summary>
    public Task SaysAsync(string text) => Eventually.BeAsync(() =>
        Output.Contains(text, StringComparison.Ordinal) ? Task.FromResult(true)
        : process.HasExited ? throw new InvalidOperationException($"It has ended with {process.ExitCode}: {Output}")
        : Task.FromResult(false));

    /// <summary>Waits until it has ended by itself, and returns its exit status.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        await reading.WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>Asks it to end, as a service manager does, and returns its exit status.</summary>
    public async Task<int> TerminateAsync()
    {
        await Shell.RunAsync("kill", "-TERM", $"{process.Id}");
        return await EndAsync();
    }

    /// <summary>Ends it without a warning.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }
    }
}
