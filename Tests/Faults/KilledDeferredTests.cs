using System.Text.Json.Nodes;
using FluentAssertions;
using Microsoft.IdentityModel.Tokens;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// kill -9 at random moments while requests are carried out that were accepted for later: each is carried out to its end, and nothing of it twice.
/// SCIMSLICE_FAULT_ROUNDS sets how often.
/// </summary>
public sealed class KilledDeferredTests
{
    private const int Operations = 400;
    private const int Requests = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task What_was_accepted_is_done_once()
    {
        await using var program = FaultProgram.Create();
        program["ScimSlice__Limits__RequestsPerSecond"] = "0";
        await program.ServeAsync();
        var accepted = new List<string>();
        for (var round = 0; round < FaultRounds.Count(unlessSet: 1); round++)
        {
            for (var request = 0; request < Requests; request++)
            {
                var answer = await program.Client().PostAsync("/Bulk", Bulk($"{round}-{request}"), ("Prefer", "respond-async"));
                answer.Status.Should().Be(202, answer.Raw);
                accepted.Add(answer.Headers.GetValues("Set-Txn").Single());
            }

            // Not before something is done, and not when all is.
            await Task.Delay(Random.Shared.Next(300));
            await program.KillAsync();
            await program.ServeAsync();
        }

        foreach (var txn in accepted)
        {
            var sets = await CompletedAsync(program.Client(), txn);

            // A second time its name would be taken.
            sets.Should().Equal(Enumerable.Range(0, Operations).Select(number => $"{txn}:{number} 201"));
        }

        (await program.Client().GetAsync("/Users?count=0")).TotalResults.Should().Be(accepted.Count * Operations);
    }

    private static async Task<IReadOnlyList<string>> CompletedAsync(ScimClient client, string txn)
    {
        for (var begun = Environment.TickCount64; ; await Task.Delay(500))
        {
            var answer = await client.GetAsync($"/.async/{txn}");
            if (answer.Status == 200)
            {
                return [.. answer.Body["sets"]!.AsObject().Select(set => $"{set.Key} {Claims(set.Value!.GetValue<string>())["events"]!["urn:ietf:params:scim:event:misc:asyncresp"]!["status"]}")];
            }

            answer.Status.Should().Be(202, answer.Raw);
            (Environment.TickCount64 - begun).Should().BeLessThan((long)Patience.TotalMilliseconds, "a killed server's request is taken over in half a minute");
        }
    }

    private static JsonNode Claims(string token) => JsonNode.Parse(Base64UrlEncoder.Decode(token.Split('.')[1]))!;

    private static string Bulk(string name)
    {
        var operations = Enumerable.Range(0, Operations).Select(number => $$"""{"method":"POST","path":"/Users","bulkId":"{{number}}","data":{{ScimClient.User($"user-{name}-{number}")}} }""");
        return $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', operations)}}]}""";
    }
}
