using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Fuzz;

/// <summary>
/// Whatever one organization sends, over every route and method: it is answered in time and without a fault, and another organization
/// neither changes nor shows. <c>SCIMSLICE_FUZZ_SEEDS</c> says how many seeds are tried, <c>SCIMSLICE_FUZZ_FIRST</c> with which they begin.
/// </summary>
public sealed class FuzzTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const int RequestsOfASeed = 250;
    private const string Canary = "zqj7canary";

    public static TheoryData<int> Seeds => [.. Enumerable.Range(Setting("SCIMSLICE_FUZZ_FIRST", 1), Setting("SCIMSLICE_FUZZ_SEEDS", 6))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_is_sent_is_answered_and_reaches_no_other_organization(int seed)
    {
        var (sender, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var own = await FillAsync(sender, "own");
        var foreign = await FillAsync(other, Canary);
        var before = await ReadAsync(other, foreign);
#pragma warning disable CA5394 // The same seed has to make the same requests.
        var requests = new OddRequests(new Random(seed), own[..4], own[4..], [.. foreign, Guid.Empty.ToString()]);
#pragma warning restore CA5394

        for (var index = 0; index < RequestsOfASeed; index++)
        {
            var request = requests.Next();
            var answer = await sender.SendBytesAsync(request.Method, request.Path, request.Body, request.Headers).WaitAsync(TimeSpan.FromMinutes(1));

            answer.Status.Should().BeLessThan(500, "seed {0} sent {1} and was told {2}", seed, request, answer.Text);
            answer.Text.Should().NotContain(Canary, "seed {0} sent {1}", seed, request);
            if (answer.Status >= 400 && answer.Text.Length > 0)
            {
                StatusIn(answer).Should().Be($"{answer.Status}", "seed {0} sent {1} and was told {2}", seed, request, answer.Text);
            }
        }

        (await ReadAsync(other, foreign)).Should().Equal(before);
        (await sender.GetAsync("/Users?count=1")).Status.Should().Be(200);
    }

    private static int Setting(string name, int unlessSet) => int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{unlessSet}", CultureInfo.InvariantCulture);

    private static string? StatusIn(ScimAnswer answer)
    {
        try
        {
            return JsonNode.Parse(answer.Text)?["status"]?.GetValue<string>();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<string[]> FillAsync(ScimClient client, string text)
    {
        var ids = new List<string>();
        for (var index = 0; index < 4; index++)
        {
            ids.Add((await client.CreateUserAsync($"{text}{index}", $"\"externalId\":\"{text}{index}\",\"title\":\"{text}\",\"role\":\"owner\",\"emails\":[{{\"value\":\"{text}{index}@{text}.example\",\"type\":\"work\"}}]")).Id);
        }

        ids.Add((await client.CreateGroupAsync($"{text} inner", ids[0], ids[1])).Id);
        ids.Add((await client.CreateGroupAsync($"{text} outer", ids[2], ids[4])).Id);
        return [.. ids];
    }

    /// <summary>All that an organization can read, as it comes over the wire.</summary>
    private static async Task<string[]> ReadAsync(ScimClient client, string[] ids)
    {
        var texts = new List<string>();
        foreach (var path in (string[])["/Users", "/Groups", .. ids.Take(4).Select(id => $"/Users/{id}"), .. ids.Skip(4).Select(id => $"/Groups/{id}")])
        {
            var answer = await client.GetAsync(path);
            texts.Add($"{answer.Status} {answer.Tag} {answer.Text}");
        }

        return [.. texts];
    }
}
