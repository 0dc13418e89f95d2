using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace ScimSlice.Benchmarks;

/// <summary>A server in a process of its own, ended when disposed.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly Process process;

    private RunningServer(Process process, int port, string token)
    {
        (this.process, Port, Token) = (process, port, token);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public int Port { get; }

    public string Token { get; }

    /// <summary>For checks of single answers, with the token.</summary>
    public HttpClient Http { get; }

    public static async Task<RunningServer> StartProductAsync(string program, SeedFile seed, string token, CancellationToken cancellationToken)
    {
        var port = FreePort();

        // The rate limit is raised, not switched off: it is asked at each request as it always is.
        return await StartAsync(port, token, "/readyz", cancellationToken, program, "--urls", $"http://127.0.0.1:{port}",
            "--ScimSlice:Database:ConnectionString", $"Data Source={seed.ProductFile}",
            "--ScimSlice:Limits:RequestsPerSecond", "1000000", "--ScimSlice:Limits:Burst", "1000000");
    }

    public static async Task<RunningServer> StartProbeAsync(SeedFile seed, string organizationId, string token, CancellationToken cancellationToken)
    {
        var port = FreePort();
        return await StartAsync(port, token, "/list", cancellationToken, Path.Combine(AppContext.BaseDirectory, "ScimSlice.Benchmarks.dll"),
            "probe", seed.ProductFile, seed.ProbeFile, organizationId, port.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Processor time that the server has used, in microseconds.</summary>
    public double Processor()
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalMicroseconds;
    }

    /// <summary>Resident memory in MB: all, of it the process's own, and the most that there was.</summary>
    public (int Resident, int Own, int Peak) Memory()
    {
        var status = File.ReadLines($"/proc/{process.Id}/status").Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        return (MegaBytes("VmRSS"), MegaBytes("RssAnon"), MegaBytes("VmHWM"));

        int MegaBytes(string name) => int.Parse(status[name].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task<RunningServer> StartAsync(int port, string token, string path, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            // Where the settings lie that are shipped with it.
            WorkingDirectory = Path.GetDirectoryName(arguments[0])!,
            RedirectStandardOutput = true,
        };
        Array.ForEach(arguments, start.ArgumentList.Add);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var server = new RunningServer(process, port, token);
        try
        {
            await server.WaitAsync(path, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task WaitAsync(string path, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet.
            }

            if (process.HasExited || tries == 300)
            {
                throw new BenchmarkException("A server did not start.");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
