using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class ServeTests
{
    private const string Secret = "a-secret-of-the-operator-0123456789";

    [Fact]
    public async Task The_first_start_prints_base_URL_and_token_once_and_the_token_works()
    {
        await using var program = new ScimProgram();
        await program.ServeAsync();
        await Eventually.BeAsync(() => Task.FromResult(Notice(program).Any(line => line.Contains("scimslice_", StringComparison.Ordinal))));
        var token = Notice(program).Single(line => line.Contains("scimslice_", StringComparison.Ordinal)).Split(' ')[^1];

        var created = await program.CreateClient(token).CreateUserAsync("ana");
        var status = await program.TerminateAsync();
        await program.ServeAsync();
        var read = await program.CreateClient(token).GetAsync($"/Users/{created.Id}");

        status.Should().Be(0);
        read.Status.Should().Be(200);
        Notice(program).Should().NotContain(line => line.Contains("scimslice_", StringComparison.Ordinal));
        program.Origin!.AbsolutePath.Should().Be("/scim/v2");
    }

    [Fact]
    public async Task The_command_line_outranks_the_environment_which_outranks_the_settings_file()
    {
        await using var program = new ScimProgram();
        await File.WriteAllTextAsync(Path.Combine(program.Folder, "appsettings.json"), """
            {"ScimSlice":{"PublicBaseUrl":"https://file.example","Bootstrap":{"Organization":"from-file"}}}
            """);
        program["ScimSlice__PublicBaseUrl"] = "https://environment.example";
        program["ScimSlice__Bootstrap__Token"] = Secret;

        await program.ServeAsync("--ScimSlice:PublicBaseUrl", "https://line.example");

        program.Origin.Should().Be("https://line.example/scim/v2");
        (await program.RunJsonAsync("org", "list")).AsArray().Should().ContainSingle().Which!["name"]!.GetValue<string>().Should().Be("from-file");
    }

    [Fact]
    public async Task Plain_HTTP_off_loopback_is_served_with_a_warning()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Secret;
        var port = ScimProgram.FreePort();
        program["ASPNETCORE_URLS"] = $"http://0.0.0.0:{port}";

        await program.ServeAsync();

        await Eventually.BeAsync(() => Task.FromResult(Notice(program).Any(line => line.Contains("plain HTTP", StringComparison.Ordinal) && line.Contains("Kestrel:Certificates", StringComparison.Ordinal))));
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
        (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/scim/v2/Users"))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_file_sets_the_bootstrap_token()
    {
        await using var program = new ScimProgram();
        var file = Path.Combine(program.Folder, "token");
        await File.WriteAllTextAsync(file, $"{Secret}\n");
        program["ScimSlice__Bootstrap__TokenFile"] = file;
        program["ScimSlice__Bootstrap__Organization"] = "acme";

        await program.ServeAsync();

        (await program.CreateClient(Secret).GetAsync("/Users")).Status.Should().Be(200);
        lock (program.Notice)
        {
            program.Notice.Should().NotContain(line => line.Contains(Secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_address_in_use_stops_the_start_with_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var program = new ScimProgram();
        program["ASPNETCORE_URLS"] = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var result = await program.RunAsync();

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle();
    }

    [Fact]
    public async Task A_database_that_cannot_be_used_stops_server_and_verbs_with_one_line()
    {
        await using var program = new ScimProgram();
        Directory.CreateDirectory(program.DatabaseFile);
        if (TestDatabase.IsPostgres)
        {
            program["ScimSlice__Database__ConnectionString"] = $"{program.Database.ConnectionString};Database=there_is_none";
        }

        var results = new[] { await program.RunAsync(), await program.RunAsync("org", "list") };

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.Output.Should().BeEmpty();
            result.ErrorLines.Should().ContainSingle().Which.Should().NotContain("   at ");
        });
    }

    private static string[] Notice(ScimProgram program)
    {
        lock (program.Notice)
        {
            return [.. program.Notice];
        }
    }
}
