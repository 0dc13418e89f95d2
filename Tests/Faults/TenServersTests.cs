using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>Ten servers on one PostgreSQL: the database alone decides, and what one changes, all see.</summary>
[Collection("Postgres faults")]
public sealed class TenServersTests
{
    private const int Servers = 10;

    [PostgresClusterFact]
    public async Task Ten_servers_act_as_one()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        var store = new PostgresFaultStore(cluster.ConnectionString("scimslice"));
        var programs = Enumerable.Range(0, Servers).Select(_ => FaultProgram.Create(store)).ToArray();
        try
        {
            // Several at once on an empty database: one of them makes it.
            foreach (var some in programs.Chunk(4))
            {
                await Task.WhenAll(some.Select(program => program.ServeAsync()));
            }

            var first = programs[0];
            await first.RunJsonAsync("org", "create", "acme");
            var token = await first.RunJsonAsync("token", "create", "acme", "--name", "test");
            var clients = programs.Select(program => program.CreateClient(token["token"]!.GetValue<string>())).ToArray();

            await OneUserNameIsGivenOnceAsync(clients);
            await CountsAreExactAsync(clients);
            await OneOwnerRemainsAsync(clients);
            await OneUserTakesAllChangesAsync(clients);
            await ARevocationHoldsEverywhereAsync(first, clients, token["id"]!.GetValue<string>());
        }
        finally
        {
            foreach (var program in programs)
            {
                await program.DisposeAsync();
            }
        }
    }

    private static async Task OneUserNameIsGivenOnceAsync(ScimClient[] clients)
    {
        for (var round = 0; round < FaultRounds.Count(unlessSet: 5); round++)
        {
            var answers = await Task.WhenAll(clients.Select((client, number) => client.PostAsync("/Users", ScimClient.User(number % 2 == 0 ? $"ana-{round}" : $"ANA-{round}"))));

            answers.Should().ContainSingle(answer => answer.Status == 201);
            answers.Where(answer => answer.Status != 201).Should().HaveCount(Servers - 1).And.AllSatisfy(answer => answer.ShouldBeError(409, "uniqueness"));
        }
    }

    private static async Task CountsAreExactAsync(ScimClient[] clients)
    {
        var before = (await clients[0].GetAsync("/Users?count=0")).TotalResults;

        await Task.WhenAll(clients.Select(async (client, number) =>
        {
            for (var index = 0; index < 10; index++)
            {
                var user = await client.CreateUserAsync($"counted-{number}-{index}");
                if (index % 2 == 0)
                {
                    (await client.DeleteAsync($"/Users/{user.Id}")).Status.Should().Be(204);
                }
            }
        }));

        var totals = await Task.WhenAll(clients.Select(async client => (await client.GetAsync("/Users?count=0")).TotalResults));
        totals.Should().OnlyContain(total => total == before + (Servers * 5));
    }

    /// <summary>Ten owners leave at once, each by another server and in one of three ways; the last one has to stay.</summary>
    private static async Task OneOwnerRemainsAsync(ScimClient[] clients)
    {
        var owners = await Task.WhenAll(clients.Select((client, number) => client.CreateUserAsync($"owner-{number}", "\"role\":\"owner\"")));

        var answers = await Task.WhenAll(clients.Zip(owners).Select((pair, number) => (number % 3) switch
        {
            0 => pair.First.PatchAsync($"/Users/{pair.Second.Id}", """{"op":"replace","path":"role","value":"member"}"""),
            1 => pair.First.PatchAsync($"/Users/{pair.Second.Id}", """{"op":"replace","path":"active","value":false}"""),
            _ => pair.First.DeleteAsync($"/Users/{pair.Second.Id}"),
        }));

        answers.Should().ContainSingle(answer => answer.Status == 409);
        answers.Where(answer => answer.Status != 409).Should().OnlyContain(answer => answer.Status == 200 || answer.Status == 204);
        (await clients[0].FilterAsync("role eq \"owner\" and active eq true")).TotalResults.Should().Be(1);
    }

    private static async Task OneUserTakesAllChangesAsync(ScimClient[] clients)
    {
        var user = await clients[0].CreateUserAsync("shared");

        var answers = await Task.WhenAll(clients.Select((client, number) =>
            client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"add","path":"emails","value":[{"value":"mail-{{number}}@x.com"}]}""")));

        answers.Should().OnlyContain(answer => answer.Status == 200);
        var after = await clients[^1].GetAsync($"/Users/{user.Id}");
        after.Body["emails"]!.AsArray().Should().HaveCount(Servers);
        after.Body["meta"]!["version"]!.GetValue<string>().Should().Be($"W/\"{Servers + 1}\"");
    }

    private static async Task ARevocationHoldsEverywhereAsync(ScimProgram program, ScimClient[] clients, string tokenId)
    {
        (await Task.WhenAll(clients.Select(client => client.GetAsync("/Users?count=0")))).Should().OnlyContain(answer => answer.Status == 200);

        (await program.RunAsync("token", "revoke", "acme", tokenId)).ExitCode.Should().Be(0);
        await Task.Delay(1000);

        (await Task.WhenAll(clients.Select(client => client.GetAsync("/Users?count=0")))).Should().OnlyContain(answer => answer.Status == 401);
    }
}
