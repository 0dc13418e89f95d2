using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Fuzz;

/// <summary>
/// Whatever organizations send, over every route and method: it is answered in time, within the memory that there is and without a fault,
/// and another organization neither changes nor shows.
/// </summary>
public sealed class FuzzTests(FuzzServer server) : IClassFixture<FuzzServer>
{
    /// <summary>Clients of each of the two organizations that send at once.</summary>
    private const int Clients = 3;

    public static TheoryData<int> Seeds => [.. Fuzzing.Seeds(6)];

    /// <summary>Each of these sends as many requests as six of the others.</summary>
    public static TheoryData<int> SeedsOfMany => [.. Fuzzing.Seeds(6, share: 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_is_sent_is_answered_and_reaches_no_other_organization(int seed)
    {
        var (sender, other) = (await FuzzedOrganization.CreateAsync(server, "own"), await FuzzedOrganization.CreateAsync(server, "zqj7canary"));
        var (before, stored) = (await other.ReadAsync(), await server.ExportAsync(other.Client));

        await SendAsync(seed, sender, other);

        (await other.ReadAsync()).Should().Equal(before, "seed {0}", seed);
        (await server.ExportAsync(other.Client)).Should().Be(stored, "seed {0}", seed);
        (await sender.Client.GetAsync("/Users?count=1")).Status.Should().Be(200);
        server.PeakMemory().Should().BeInRange(1, Fuzzing.MaxMemory, "seed {0}", seed);
    }

    [Theory]
    [MemberData(nameof(SeedsOfMany))]
    public async Task Whatever_many_clients_send_at_once_is_answered_and_reaches_no_other_organization(int seed)
    {
        FuzzedOrganization[] senders = [await FuzzedOrganization.CreateAsync(server, "zqj1canary"), await FuzzedOrganization.CreateAsync(server, "zqj2canary")];
        var other = await FuzzedOrganization.CreateAsync(server, "zqj3canary");
        var (before, stored) = (await other.ReadAsync(), await server.ExportAsync(other.Client));

        var sending = Task.WhenAll(Enumerable.Range(0, Clients * senders.Length).Select(index => Task.Run(() => SendAsync(
            (seed * 100) + index, senders[index % 2], senders[(index + 1) % 2], other))));
        while (!sending.IsCompleted)
        {
            (await other.ReadAsync()).Should().Equal(before, "seed {0}", seed);
            await Task.Delay(20);
        }

        await sending;

        (await other.ReadAsync()).Should().Equal(before, "seed {0}", seed);
        (await server.ExportAsync(other.Client)).Should().Be(stored, "seed {0}", seed);
        server.PeakMemory().Should().BeInRange(1, Fuzzing.MaxMemory, "seed {0}", seed);
    }

    /// <summary>What a seed makes, sent by one client of an organization and checked answer by answer.</summary>
    private static async Task SendAsync(int seed, FuzzedOrganization sender, params FuzzedOrganization[] others)
    {
#pragma warning disable CA5394 // The same seed has to make the same requests.
        var requests = new OddRequests(
            new Random(seed), sender.Users, sender.Groups, [.. others.SelectMany(other => (string[])[.. other.Users, .. other.Groups]), Guid.Empty.ToString()],
            [.. sender.Cursors, .. others.SelectMany(other => other.Cursors)]);
#pragma warning restore CA5394
        for (var index = 0; index < Fuzzing.RequestsOfASeed; index++)
        {
            var request = requests.Next();
            var answer = await Fuzzing.AnswerAsync(seed, sender.Client, request);

            answer.Status.Should().BeLessThan(500, "seed {0} sent {1} and was told {2}", seed, request, answer.Text);
            var whole = $"{answer.Headers}{answer.ContentHeaders}{answer.Text}";
            foreach (var other in others)
            {
                whole.Should().NotContain(other.Word, "seed {0} sent {1}", seed, request);
            }

            if (answer.Status >= 400 && answer.Text.Length > 0)
            {
                (Fuzzing.Read(answer)?["status"]?.GetValue<string>()).Should().Be($"{answer.Status}", "seed {0} sent {1} and was told {2}", seed, request, answer.Text);
            }
        }
    }
}
