using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>
/// What was answered is kept, whenever the process dies. SCIMSLICE_FAULT_ROUNDS sets how often it is killed; a few times unless
/// set.
/// </summary>
public sealed class CrashTests
{
    private const string Token = "bootstrap-token-of-the-crash-tests-0123456789";
    private const int Clients = 6;

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("SCIMSLICE_FAULT_ROUNDS") ?? "3", CultureInfo.InvariantCulture);

    [OnSqliteFact]
    public async Task Every_user_that_was_answered_201_survives_a_kill()
    {
        await using var program = Create();
        var answered = new ConcurrentDictionary<string, string>();
        for (var round = 0; round < Rounds; round++)
        {
            await program.ServeAsync();
            var client = program.CreateClient(Token);
            var creating = CreateUsersAsync(client, round, answered);
            await Eventually.BeAsync(() => Task.FromResult(answered.Keys.Any(name => name.StartsWith($"r{round}-", StringComparison.Ordinal))));
            await Task.Delay(Random.Shared.Next(700));

            await program.KillAsync();

            await creating;
        }

        await program.ServeAsync();
        var after = program.CreateClient(Token);
        answered.Should().NotBeEmpty();
        foreach (var (userName, id) in answered)
        {
            var user = await after.GetAsync($"/Users/{id}?attributes=userName,title");
            user.Status.Should().Be(200, $"{userName} was answered 201");
            user.Body["userName"]!.GetValue<string>().Should().Be(userName);
            user.Body["title"]!.GetValue<string>().Should().Be("changed");
        }

        ShouldBeWhole(program, (await after.GetAsync("/Users?count=0")).TotalResults);
    }

    [OnSqliteFact]
    public async Task A_server_that_is_asked_to_end_ends_with_0_and_keeps_what_it_answered()
    {
        await using var program = Create();
        var answered = new ConcurrentDictionary<string, string>();
        await program.ServeAsync();
        var creating = CreateUsersAsync(program.CreateClient(Token), 0, answered);
        await Eventually.BeAsync(() => Task.FromResult(answered.Count > 20));

        var status = await program.TerminateAsync();

        await creating;
        status.Should().Be(0);
        await program.ServeAsync();
        var after = program.CreateClient(Token);
        foreach (var id in answered.Values)
        {
            (await after.GetAsync($"/Users/{id}")).Status.Should().Be(200);
        }

        ShouldBeWhole(program, (await after.GetAsync("/Users?count=0")).TotalResults);
    }

    private static ScimProgram Create()
    {
        var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Token;
        program["ScimSlice__Limits__RequestsPerSecond"] = "0";
        return program;
    }

    /// <summary>Clients that create users, change each once, and note those of which both was answered, until the server is gone.</summary>
    private static Task CreateUsersAsync(ScimClient client, int round, ConcurrentDictionary<string, string> answered) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            try
            {
                for (var index = 0; ; index++)
                {
                    var userName = $"r{round}-c{number}-{index}";
                    var created = await client.CreateUserAsync(userName, "\"title\":\"new\"");
                    var changed = await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"title","value":"changed"}""");
                    if (changed.Status != 200)
                    {
                        return;
                    }

                    answered[userName] = created.Id;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or InvalidOperationException or OperationCanceledException)
            {
                // The server has gone away.
            }
        }));

    private static void ShouldBeWhole(ScimProgram program, int totalResults)
    {
        using var file = new SqliteConnection($"Data Source={program.DatabaseFile};Pooling=False");
        file.Open();
        file.Query<string>("pragma integrity_check").Should().Equal("ok");
        file.Query("pragma foreign_key_check").Should().BeEmpty();
        file.ExecuteScalar<long>("select count(*) from users").Should().Be(totalResults);
    }
}
