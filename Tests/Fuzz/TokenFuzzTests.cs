using System.Text;
using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Fuzz;

/// <summary>Whatever is sent to the token endpoint is answered in time, as RFC 6749 says, and opens only the organization whose client it is.</summary>
public sealed class TokenFuzzTests(FuzzServer server) : IClassFixture<FuzzServer>, IAsyncLifetime, IAsyncDisposable
{
    private const string Issuer = "https://idp.example.com/v2.0";
    private const string Audience = "api://scim";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });

    private KeyServer keys = null!;

    public static TheoryData<int> Seeds => [.. Fuzzing.Seeds(4)];

    public async Task InitializeAsync() => keys = (await KeyServer.StartAsync()).With("k1");

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync() => await keys.DisposeAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_is_sent_to_the_token_endpoint_is_answered(int seed)
    {
        var (own, other) = (await server.CreateOrganizationAsync(), await server.CreateOrganizationAsync());
        var (client, foreign) = (await server.CreateClientAsync(own), await server.CreateClientAsync(other));
        await using var otherKeys = (await KeyServer.StartAsync()).With("k1");
        var trust = await server.CreateTrustAsync(own, new Trust(Issuer, keys.JwksUri, $"subject{seed}", Audience));
        var otherTrust = await server.CreateTrustAsync(other, new Trust(Issuer, otherKeys.JwksUri, $"subject{seed}", Audience));
        var (ownUser, otherUser) = (await own.CreateUserAsync("zqowncanary"), await other.CreateUserAsync("zqothercanary"));
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, JsonNode?> { ["iss"] = Issuer, ["sub"] = $"subject{seed}", ["aud"] = Audience, ["exp"] = now + 3600, ["nbf"] = now };
#pragma warning disable CA5394 // The same seed has to make the same requests.
        var requests = new OddTokenRequests(new Random(seed), keys, [client, (trust, client.Secret), (foreign.Id, client.Secret), (otherTrust, client.Secret), ("nobody", "nothing")], claims);
#pragma warning restore CA5394

        var (stored, issued) = (await server.ExportAsync(other), 0);
        for (var index = 0; index < Fuzzing.RequestsOfASeed; index++)
        {
            var (contentType, body, headers) = requests.Next();
            var answer = await PostAsync(contentType, body, headers);
            var what = $"seed {seed} sent {Convert.ToBase64String(body)} as {contentType} with {string.Join(", ", headers)} and was told {answer.Text}";

            answer.Status.Should().BeOneOf([200, 400, 401], what);
            answer.Text.Should().NotContainAny(client.Secret, foreign.Secret, "canary");
            if (answer.Status == 200)
            {
                issued++;
                var scim = new ScimClient(server.Origin, "", "", $"Bearer {answer.Body["access_token"]!.GetValue<string>()}");
                (await scim.GetAsync($"/Users/{ownUser.Id}")).Status.Should().Be(200, what);
                (await scim.GetAsync($"/Users/{otherUser.Id}")).Status.Should().Be(404, what);
            }
            else if (answer.Text.Length > 0)
            {
                answer.Body["error"]!.GetValue<string>().Should().BeOneOf(["invalid_request", "invalid_client", "unsupported_grant_type"], what);
            }
            else
            {
                // What is no HTTP, such as a U+0000 in a header.
                answer.Status.Should().Be(400, what);
            }
        }

        (await server.ExportAsync(other)).Should().Be(stored, "seed {0}", seed);
        issued.Should().BeInRange(5, Fuzzing.RequestsOfASeed / 2, "some of what is sent is valid");
        server.PeakMemory().Should().BeInRange(1, Fuzzing.MaxMemory, "seed {0}", seed);
    }

    private async Task<ScimAnswer> PostAsync(string contentType, byte[] body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Origin, "/oauth/token")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers)
        {
            _ = name.StartsWith("Content-", StringComparison.Ordinal) ? request.Content.Headers.TryAddWithoutValidation(name, value) : request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request).WaitAsync(TimeSpan.FromMinutes(1));
        return new ScimAnswer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }
}
