using System.Globalization;
using System.Runtime.InteropServices;

namespace ScimSlice.Benchmarks;

/// <summary>Measures ScimSlice beside the limit probe, or beside itself with another number of users. See README.md here.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["probe", var readFile, var writeFile, var organizationId, var port])
        {
            await LimitProbe.RunAsync(readFile, writeFile, organizationId, int.Parse(port, CultureInfo.InvariantCulture));
            return 0;
        }

        if (args is ["language"])
        {
            LanguageRun.Run();
            return 0;
        }

        // A run that is broken off ends its servers and removes its files like one that ends.
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var options = RunOptions.Read(args);
            await (args[0] switch
            {
                "pages" => new PageRun(options, stop.Token).RunAsync(),
                "groups" => new GroupRun(options, stop.Token).RunAsync(),
                _ => new BenchmarkRun(options, stop.Token).RunAsync(),
            });
            return 0;
        }
        catch (ArgumentException fault)
        {
            await Console.Error.WriteLineAsync($"{fault.Message}\n{RunOptions.Usage}");
            return 2;
        }
        catch (Exception fault) when (fault is OperationCanceledException or BenchmarkException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
