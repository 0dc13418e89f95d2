using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

/// <summary>What the program writes while it serves, as a log collector would read it.</summary>
public sealed class LogTests
{
    private const string Secret = "secret-canary-of-the-operator-0123456789";

    [Fact]
    public async Task The_log_names_no_person_and_no_secret_not_even_where_a_request_fails()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Secret;
        await program.ServeAsync();
        var client = program.CreateClient(Secret);

        var user = await client.CreateUserAsync("canary@example.com", "\"displayName\":\"canary\",\"password\":\"canary\"");
        await client.PostAsync("/Users", ScimClient.User("canary@example.com"));
        await client.PostAsync("/Users", "{\"canary\":");
        await client.PatchAsync($"/Users/{user.Id}", """{"op":"add","path":"canary","value":"canary"}""");
        await client.FilterAsync("userName eq \"canary@example.com\"");
        await client.FilterAsync("canary eq \"canary\"");
        await client.GetAsync("/Users/canary", ("X-Canary", "canary"), ("User-Agent", "canary"));
        await program.CreateClient("wrong-canary").GetAsync("/Users?filter=canary");
        using (var database = program.Database.Open())
        {
            database.Execute(TestDatabase.IsPostgres ? "drop table users cascade" : "pragma foreign_keys = off; drop table users");
        }

        var failed = await client.PostAsync("/Users", ScimClient.User("canary@example.com"));
        await client.FilterAsync("userName eq \"canary@example.com\"");
        await program.TerminateAsync();

        failed.ShouldBeError(500);
        var correlation = failed.RequestId!;
        await Eventually.BeAsync(() => Task.FromResult(Log(program).Contains(correlation, StringComparison.Ordinal)));
        Log(program).Should().NotContainEquivalentOf("canary");
    }

    [Fact]
    public async Task Requests_without_a_valid_token_are_counted_and_one_of_each_reason_is_told()
    {
        await using var program = new ScimProgram();
        await program.ServeAsync();
        if (DateTime.UtcNow.Second >= 55)
        {
            // Within one minute, as the line counts them.
            await Task.Delay(TimeSpan.FromSeconds(60 - DateTime.UtcNow.Second));
        }

        await program.CreateClient("wrong-canary").GetAsync("/Users/canary@example.com?filter=canary");
        await program.CreateClient("wrong-canary").GetAsync("/Users");
        await new ScimClient(program.Origin!, "", "", null).GetAsync("/Canary");
        await program.TerminateAsync();

        await Eventually.BeAsync(() => Task.FromResult(Log(program).Contains("for want of a valid token", StringComparison.Ordinal)));
        Log(program).Should().MatchRegex(
            @"3 requests were refused.*none 1 \(one of them [0-9a-f]{32}, \(not served\) from 127\.0\.0\.0/24\), unknown 2 \(one of them [0-9a-f]{32}, /scim/v2/Users/\{id\} from 127\.0\.0\.0/24\)");
        Log(program).Should().NotContainEquivalentOf("canary");
    }

    [Fact]
    public async Task A_token_that_is_about_to_expire_is_named_at_the_start()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Secret;
        (await program.RunAsync("org", "create", "acme")).ExitCode.Should().Be(0);
        (await program.RunAsync("token", "create", "acme", "--name", "okta", "--expires", "20d")).ExitCode.Should().Be(0);

        await program.ServeAsync();
        await Eventually.BeAsync(() => Task.FromResult(Log(program).Contains("okta", StringComparison.Ordinal)));
        await program.TerminateAsync();

        Log(program).Should().Contain("The token or client secret okta").And.Contain("organization acme expires in 20 days");
    }

    private static string Log(ScimProgram program)
    {
        lock (program.Notice)
        {
            return string.Join('\n', program.Notice);
        }
    }
}
