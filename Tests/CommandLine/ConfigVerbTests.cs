using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class ConfigVerbTests
{
    [Fact]
    public async Task A_configuration_without_faults_exits_with_0()
    {
        await using var program = new ScimProgram();

        var result = await program.RunAsync("config", "check");

        result.ExitCode.Should().Be(0);
        result.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Every_fault_is_told_on_a_line_of_its_own_by_the_check_the_server_and_the_verbs()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__PublicBaseUrl"] = "ftp://example.com";
        program["ScimSlice__Database__Provider"] = "Oracle";
        program["ScimSlice__Bootstrap__Token"] = "short";
        program["ScimSlice__Limits__RequestsPerSecond"] = "many";
        program["ScimSlice__Limits__Burst"] = "-1";
        program["ScimSlice__Limits__ConcurrentRequests"] = "1.5";
        program["ScimSlice__Proxies__Trusted"] = "10.0.0.0/8, proxy.example.com";
        program["ScimSlice__Misspelt"] = "1";

        var results = new[] { await program.RunAsync("config", "check"), await program.RunAsync(), await program.RunAsync("org", "list") };

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.Output.Should().BeEmpty();
            foreach (var named in (string[])["PublicBaseUrl", "Database:Provider", "Limits:RequestsPerSecond", "Limits:Burst", "Limits:ConcurrentRequests", "Proxies:Trusted", "Misspelt"])
            {
                result.ErrorLines.Should().ContainSingle(line => line.StartsWith($"ScimSlice:{named} ", StringComparison.Ordinal));
            }

            result.ErrorLines.Should().ContainSingle(line => line.StartsWith("The bootstrap token ", StringComparison.Ordinal));

            result.ErrorLines.Should().HaveCount(8);
        });
    }

    [Theory]
    [InlineData("ScimSlice__Database__ConnectionString", "Data Source=:memory:")]
    [InlineData("ScimSlice__Database__ConnectionString", "Nonsense=1")]
    [InlineData("ScimSlice__Bootstrap__TokenFile", "/nowhere/token")]
    [InlineData("ScimSlice__PublicBaseUrl", "scim.example.com")]
    [InlineData("ScimSlice__Shutdown__DrainSeconds", "3601")]
    [InlineData("ScimSlice__Retention__DeletedUsers", "0")]
    public async Task A_fault_is_told_on_one_line(string name, string value)
    {
        await using var program = new ScimProgram();
        program[name] = value;

        var result = await program.RunAsync("config", "check");

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle().Which.Should().NotContain("   at ");
    }

    [Theory]
    [InlineData("Host=db;Multiplexing=true", "Multiplexing")]
    [InlineData("Host=db;Minimum Pool Size=50", "Pool Size")]
    [InlineData("Host=db;Port=99999999", "99999999")]
    [InlineData("Host=db;Password=secret-canary;canary=x", "Npgsql's keywords")]
    [InlineData("Host=db;Password=secret-canary;Minimum Pool Size=canary", "Npgsql's keywords")]
    [InlineData("Database=scimslice", "must name a server")]
    public async Task A_server_that_cannot_be_connected_to_as_it_is_named_is_told_on_one_line_without_its_password(string connectionString, string says)
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Database__Provider"] = "Postgres";
        program["ScimSlice__Database__ConnectionString"] = connectionString;

        var results = new[] { await program.RunAsync("config", "check"), await program.RunAsync() };

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.ErrorLines.Should().ContainSingle().Which.Should().StartWith("ScimSlice:Database:ConnectionString ").And.Contain(says).And.NotContain("canary");
        });
    }

    [Fact]
    public async Task A_settings_file_that_is_no_JSON_is_told_on_one_line()
    {
        await using var program = new ScimProgram();
        await File.WriteAllTextAsync(Path.Combine(program.Folder, "appsettings.json"), "{ not JSON");

        var results = new[] { await program.RunAsync("config", "check"), await program.RunAsync(), await program.RunAsync("org", "list") };

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.ErrorLines.Should().ContainSingle().Which.Should().Contain("appsettings.json");
        });
    }

    [Theory]
    [InlineData("10")]
    [InlineData("10.1")]
    [InlineData("10.0.0.7:443")]
    [InlineData("10.0.0.0/33")]
    [InlineData("proxy")]
    [InlineData("10.0.0.256")]
    [InlineData("/")]
    [InlineData("::1, *")]
    public async Task What_is_no_address_and_no_network_of_a_proxy_is_refused(string trusted)
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Proxies__Trusted"] = trusted;

        var result = await program.RunAsync("config", "check");

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle(line => line.StartsWith("ScimSlice:Proxies:Trusted ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Sometimes", null, "ClientCertificates:Mode ")]
    [InlineData("2", null, "ClientCertificates:Mode ")]
    [InlineData("Require", null, "ClientCertificates:Authorities ")]
    [InlineData("Allow", "", "ClientCertificates:Authorities ")]
    [InlineData("Require", "/nowhere/authorities.pem", "ClientCertificates:Authorities: /nowhere/authorities.pem")]
    [InlineData("Require", "/dev/null", "ClientCertificates:Authorities: /dev/null")]
    public async Task Client_certificates_that_nobody_could_issue_are_told_on_one_line(string mode, string? authorities, string says)
    {
        await using var program = new ScimProgram();
        program["ScimSlice__ClientCertificates__Mode"] = mode;
        program["ScimSlice__ClientCertificates__Authorities"] = authorities;

        var result = await program.RunAsync("config", "check");

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle().Which.Should().StartWith($"ScimSlice:{says}");
    }
}
