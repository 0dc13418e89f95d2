using System.Diagnostics;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using ScimSlice.Tests.Architecture;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Deploy;

/// <summary>A package source on loopback with one package, of which there is an advisory, and a project that wants it.</summary>
internal sealed class AdvisedFeed : IAsyncDisposable
{
    public const string Advisory = "https://advisories.example.com/GHSA-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-audit-").FullName;
    private WebApplication? app;

    /// <summary>How grave the advisory is: 0 low, 1 moderate, 2 high, 3 critical.</summary>
    public int Severity { get; set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        var package = Package();
        app.MapGet("/index.json", (HttpRequest request) => Json(
            $$"""
            {"version":"3.0.0","resources":[{"@id":"http://{{request.Host}}/packages/","@type":"PackageBaseAddress/3.0.0"},
            {"@id":"http://{{request.Host}}/advisories.json","@type":"VulnerabilityInfo/6.7.0"}]}
            """));
        app.MapGet("/packages/advised/index.json", () => Json("""{"versions":["1.0.0"]}"""));
        app.MapGet("/packages/advised/1.0.0/advised.1.0.0.nupkg", () => Results.Bytes(package));
        app.MapGet("/advisories.json", (HttpRequest request) => Json(
            $$"""[{"@name":"base","@id":"http://{{request.Host}}/base.json","@updated":"2026-01-01T00:00:00Z"}]"""));
        app.MapGet("/base.json", () => Json($$"""{"advised":[{"severity":{{Severity}},"url":"{{Advisory}}","versions":"[1.0.0, 2.0.0)"}]}"""));
        await app.StartAsync();
    }

    /// <summary>Restores the project under the repository's build settings, with this in the list of allowed advisories.</summary>
    public async Task<ProgramResult> RestoreAsync(string allowed)
    {
        var source = app!.Urls.Single() + "/index.json";
        var list = SourceTree.Read("allowed-advisories.props");
        Write("Directory.Build.props", SourceTree.Read("Directory.Build.props"));
        Write("allowed-advisories.props", list.Replace("</ItemGroup>\n\n  <Target", $"{allowed}</ItemGroup>\n\n  <Target", StringComparison.Ordinal));
        Write("project.csproj", """
            <Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Advised" Version="1.0.0" /></ItemGroup></Project>
            """);
        Write("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="test" value="{source}" allowInsecureConnections="true" /></packageSources>
              <auditSources><clear /><add key="test" value="{source}" allowInsecureConnections="true" /></auditSources>
            </configuration>
            """);
        var start = new ProcessStartInfo("dotnet", ["restore", "project.csproj", "-v", "minimal", "--disable-build-servers"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(folder, "packages");
        start.Environment["NUGET_HTTP_CACHE_PATH"] = Path.Combine(folder, "cache");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            await process.WaitForExitAsync(timeout.Token);
            return new ProgramResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The restore has not ended within {Patience.TotalSeconds} seconds.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private static IResult Json(string text) => Results.Text(text, "application/json");

    private static byte[] Package()
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            Add(archive, "Advised.nuspec", """
                <?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>Advised</id>
                <version>1.0.0</version><authors>test</authors><description>test</description></metadata></package>
                """);
            Add(archive, "lib/net10.0/_._", "");
        }

        return bytes.ToArray();
    }

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open());
        writer.Write(text);
    }
}
