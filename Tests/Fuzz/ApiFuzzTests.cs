using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Fuzz;

/// <summary>Whatever an application asks, while its organization changes: it is answered in time and without a fault, and learns and changes nothing of another organization.</summary>
public sealed class ApiFuzzTests(FuzzServer server) : IClassFixture<FuzzServer>
{
    public static TheoryData<int> Seeds => [.. Fuzzing.Seeds(4)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_an_application_asks_is_answered_and_tells_nothing_of_another_organization(int seed)
    {
        var (organization, other) = (await FuzzedOrganization.CreateAsync(server, "own"), await FuzzedOrganization.CreateAsync(server, "zqk7canary"));
        var (own, stranger) = (await FuzzedApplication.CreateAsync(server, organization), await FuzzedApplication.CreateAsync(server, other));
        var (before, stored) = (await stranger.ReadAsync(), await server.ExportAsync(other.Client));
        string[] foreign = [.. other.Users, .. other.Groups, .. stranger.Webhooks, .. stranger.Events, .. stranger.Places];
#pragma warning disable CA5394 // The same seed has to make the same requests.
        var random = new Random(seed);
        var changes = new OddRequests(random, organization.Users, organization.Groups, foreign, organization.Cursors);
        var requests = new OddApiRequests(random, own, [.. organization.Users, .. organization.Groups], foreign);

        var answered = 0;
        for (var index = 0; index < Fuzzing.RequestsOfASeed; index++)
        {
            if (random.Next(8) == 0)
            {
                var change = changes.Next();
                await organization.Client.SendBytesAsync(change.Method, change.Path, change.Body, change.Headers);
            }

            var request = requests.Next();
            var sender = random.Next(12) == 0 ? organization.Client : own.Client;
#pragma warning restore CA5394
            var answer = await Fuzzing.AnswerAsync(seed, sender, request);

            answer.Status.Should().BeLessThan(500, "seed {0} sent {1} and was told {2}", seed, request, answer.Text);
            $"{answer.Headers}{answer.ContentHeaders}{answer.Text}".Should().NotContain(other.Word, "seed {0} sent {1}", seed, request);
            if (answer.Status >= 400 && answer.Text.Length > 0)
            {
                Says(answer).Should().BeTrue("seed {0} sent {1} and was told {2}", seed, request, answer.Text);
            }

            answered += answer.Status == 200 ? 1 : 0;
        }

        answered.Should().BeGreaterThan(Fuzzing.RequestsOfASeed / 10, "some of what is sent is valid");
        (await stranger.ReadAsync()).Should().Equal(before, "seed {0}", seed);
        (await server.ExportAsync(other.Client)).Should().Be(stored, "seed {0}", seed);
        (await own.Client.GetApiAsync("/events?limit=1")).Status.Should().Be(200);
        server.PeakMemory().Should().BeInRange(1, Fuzzing.MaxMemory, "seed {0}", seed);
    }

    /// <summary>Whether an error says what it is: as RFC 9457 does, or as RFC 8936 §2.4.4 does.</summary>
    private static bool Says(ScimAnswer answer) =>
        Fuzzing.Read(answer) is { } error && ($"{error["status"]}" == $"{answer.Status}" || $"{error["err"]}".Length > 0);
}
