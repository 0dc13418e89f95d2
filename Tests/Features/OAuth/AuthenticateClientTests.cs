using System.Text.Json.Nodes;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using ScimSlice.Features.Audit;
using ScimSlice.Features.OAuth;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.OAuth;

/// <summary>Clients that are known by assertions: workload identity federation, as Entra ID does it.</summary>
public sealed class AuthenticateClientTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Issuer = "https://login.microsoftonline.com/ce5f061f-abe6-4e40-9615-301f87bcb7f0/v2.0";
    private const string Subject = "d2f8ee76-c549-45b8-a143-f5b640669704";
    private const string Audience = "api://b5ba7a93-4452-4522-aeb4-a2b5da870c16";

    private ScimHost host = null!;
    private KeyServer keys = null!;

    public async Task InitializeAsync()
    {
        host = new ScimHost { Settings = ["--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8", "--ScimSlice:Limits:FailedAttemptsPerMinute", "0"] };
        await host.InitializeAsync();
        keys = (await KeyServer.StartAsync()).With("k1");
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await keys.DisposeAsync();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData(Audience, true)]
    [InlineData(Audience + "/.default", true)]
    [InlineData(Audience, false)]
    public async Task A_client_is_given_an_access_token_for_an_assertion(string trusted, bool namesClient)
    {
        var (owner, client) = await TrustAsync(audience: trusted);

        var answer = await host.PostAssertionAsync(keys.Sign("k1", Claims()), namesClient ? client.Id : null);

        answer.Status.Should().Be(200, answer.Text);
        answer.Body["expires_in"]!.GetValue<int>().Should().Be(3600);
        (await host.ClientOf(answer).CreateUserAsync("ana")).Status.Should().Be(201);
        (await host.SendAsync(new ListAuditRecords.Query(owner.Organization, Actor: client.Id))).Records.Should().ContainSingle().Which.Operation.Should().Be("CreateUser");
    }

    [Fact]
    public async Task Keys_on_an_elliptic_curve_and_stronger_hashes_are_taken_too()
    {
        var (_, client) = await TrustAsync();
        keys.WithEllipticCurve("ec");

        (await host.PostAssertionAsync(keys.Sign("ec", Claims()), client.Id)).Status.Should().Be(200);
    }

    public static TheoryData<string, string?> WrongClaims => new()
    {
        { "iss", "https://login.microsoftonline.com/stranger/v2.0" },
        { "iss", Issuer + "/" },
        { "iss", null },
        { "sub", "stranger" },
        { "sub", Subject.ToUpperInvariant() },
        { "sub", null },
        { "aud", "api://stranger" },
        { "aud", Audience + "/.default" },
        { "aud", null },
        { "exp", "-121" },
        { "exp", "90000" },
        { "exp", null },
        { "nbf", "180" },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public async Task An_assertion_that_is_not_as_the_trust_says_is_refused(string claim, string? value)
    {
        var (_, client) = await TrustAsync();
        var claims = Claims();
        claims[claim] = value is null ? null : claim is "exp" or "nbf" ? Now + int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : value;

        var answer = await host.PostAssertionAsync(keys.Sign("k1", claims), client.Id);

        (answer.Status, answer.Error()).Should().Be((401, "invalid_client"), answer.Text);
        answer.Text.Should().NotContain(Subject).And.NotContain("stranger");
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(200, "the right one is taken");
    }

    [Theory]
    [InlineData("none", "k1")]
    [InlineData("HS256", "k1")]
    [InlineData("RS1", "k1")]
    [InlineData("ES256", "k1")]
    [InlineData("RS256", "unknown")]
    [InlineData("RS256", "../k1")]
    public async Task A_signature_that_anybody_could_make_is_refused(string algorithm, string keyId)
    {
        var (_, client) = await TrustAsync();

        var answer = await host.PostAssertionAsync(keys.Sign("k1", Claims(), new Dictionary<string, JsonNode?> { ["alg"] = algorithm, ["kid"] = keyId }), client.Id);

        (answer.Status, answer.Error()).Should().Be((401, "invalid_client"), answer.Text);
    }

    [Fact]
    public async Task Keys_that_the_assertion_brings_along_are_not_used()
    {
        await using var forger = (await KeyServer.StartAsync()).With("k1");
        var (_, client) = await TrustAsync();
        var header = new Dictionary<string, JsonNode?> { ["jku"] = forger.JwksUri, ["x5u"] = forger.JwksUri };

        (await host.PostAssertionAsync(forger.Sign("k1", Claims()), client.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync(forger.Sign("k1", Claims(), header), client.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync(keys.Sign("k1", Claims(), new Dictionary<string, JsonNode?> { ["crit"] = new JsonArray("exp") }), client.Id)).Status.Should().Be(401);
        forger.Fetches.Should().Be(0);
    }

    [Fact]
    public async Task An_assertion_whose_content_was_changed_is_refused()
    {
        var (_, client) = await TrustAsync();
        var (signed, other) = (keys.Sign("k1", Claims()).Split('.'), keys.Sign("k1", Claims()).Split('.'));

        (await host.PostAssertionAsync($"{signed[0]}.{other[1]}.{signed[2]}", client.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync($"{signed[0]}.{signed[1]}.", client.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync($"{signed[0]}.{signed[1]}", client.Id)).Error().Should().Be("invalid_request");
        (await host.PostAssertionAsync(new string('a', 16_000), client.Id)).Error().Should().Be("invalid_request");
        (await host.PostAssertionAsync("a.b.c", client.Id)).Error().Should().Be("invalid_request");
        (await host.PostAssertionAsync("e30.a.AAAA.AAAA.AAAA", client.Id)).Error().Should().Be("invalid_request");
        (await host.PostAssertionAsync(keys.Sign("k1", new Dictionary<string, JsonNode?> { ["iss"] = "a\0", ["sub"] = "b\0" }))).Error().Should().Be("invalid_client");
    }

    [Theory]
    [InlineData("jti")]
    [InlineData("uti")]
    [InlineData(null)]
    public async Task An_assertion_is_taken_once_also_where_two_show_it_at_once(string? id)
    {
        var (_, client) = await TrustAsync();
        var claims = Claims();
        claims.Remove("uti");
        if (id is not null)
        {
            claims[id] = "its-id";
        }

        var assertion = keys.Sign("k1", claims);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.PostAssertionAsync(assertion, client.Id)));

        answers.Count(answer => answer.Status == 200).Should().Be(1);
        answers.Where(answer => answer.Status != 200).Should().OnlyContain(answer => answer.Status == 401 && answer.Text.Contains("taken already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_assertion_that_is_taken_in_patience_after_its_end_is_taken_once_too()
    {
        var (_, client) = await TrustAsync();
        var claims = Claims();
        claims["exp"] = Now - 60;
        var assertion = keys.Sign("k1", claims);

        (await host.PostAssertionAsync(assertion, client.Id)).Status.Should().Be(200);
        (await host.PostAssertionAsync(assertion, client.Id)).Text.Should().Contain("taken already");
    }

    [Fact]
    public async Task A_trust_may_be_made_to_take_an_assertion_again()
    {
        var (_, client) = await TrustAsync(isReusable: true);
        var assertion = keys.Sign("k1", Claims());

        (await host.PostAssertionAsync(assertion, client.Id)).Status.Should().Be(200);
        (await host.PostAssertionAsync(assertion, client.Id)).Status.Should().Be(200);
    }

    [Fact]
    public async Task An_assertion_opens_only_the_organization_that_trusts_it()
    {
        var (_, client) = await TrustAsync();
        var (_, foreign) = await TrustAsync(subject: "stranger");
        var secret = await host.SendAsync(new CreateClient.Command((await host.CreateOrganizationAsync()).Organization, "okta", TokenScope.Write, TimeSpan.FromDays(1)));

        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), foreign.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), secret.Client.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), "nobody")).Status.Should().Be(401);
        (await host.PostSecretAsync(client.Id, "")).Status.Should().Be(401);
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(200);
    }

    [Fact]
    public async Task Where_two_trust_the_same_the_client_has_to_say_which_it_is()
    {
        var (_, first) = await TrustAsync();
        var (second, other) = await TrustAsync();

        (await host.PostAssertionAsync(keys.Sign("k1", Claims()))).Status.Should().Be(401);
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), first.Id)).Status.Should().Be(200);
        var answer = await host.PostAssertionAsync(keys.Sign("k1", Claims()), other.Id);
        await host.ClientOf(answer).CreateUserAsync("ana");
        (await second.FilterAsync("userName eq \"ana\"")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task Keys_are_fetched_once_and_again_when_a_new_one_signs()
    {
        var (_, client) = await TrustAsync();
        for (var request = 0; request < 3; request++)
        {
            (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(200);
        }

        keys.Fetches.Should().Be(1);
        keys.With("k2");
        (await host.PostAssertionAsync(keys.Sign("k2", Claims()), client.Id)).Status.Should().Be(401, "keys are looked for once a minute at most");
        keys.Fetches.Should().Be(1);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        (await host.PostAssertionAsync(keys.Sign("k2", Claims()), client.Id)).Status.Should().Be(200);
        keys.Fetches.Should().Be(2);
    }

    [Fact]
    public async Task Unknown_keys_cannot_make_the_service_fetch_again_and_again()
    {
        var (_, client) = await TrustAsync();

        for (var request = 0; request < 20; request++)
        {
            await host.PostAssertionAsync(keys.Sign("k1", Claims(), new Dictionary<string, JsonNode?> { ["kid"] = $"k{request + 100}" }), client.Id);
        }

        keys.Fetches.Should().Be(1);
    }

    [Fact]
    public async Task A_key_that_is_published_no_more_is_not_taken_after_an_hour()
    {
        var (_, client) = await TrustAsync();
        keys.With("k2");
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(200);
        keys.Hidden.Add("k1");

        host.Clock.Advance(TimeSpan.FromMinutes(61));

        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync(keys.Sign("k2", Claims()), client.Id)).Status.Should().Be(200);
    }

    [Fact]
    public async Task While_the_keys_cannot_be_fetched_those_that_are_known_hold_for_a_day()
    {
        var (_, client) = await TrustAsync();
        keys.Instead = Status(500);
        var before = await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id);
        keys.Instead = null;
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(200);
        keys.Instead = Status(500);

        host.Clock.Advance(TimeSpan.FromHours(23));
        var later = await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id);
        host.Clock.Advance(TimeSpan.FromHours(2));
        var tooLate = await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id);

        foreach (var answer in (ScimAnswer[])[before, tooLate])
        {
            (answer.Status, answer.Error()).Should().Be((503, "temporarily_unavailable"));
            answer.Headers.RetryAfter!.Delta.Should().BePositive();
            answer.Text.Should().NotContain(keys.Origin.Authority);
        }

        later.Status.Should().Be(200);
    }

    [Fact]
    public async Task What_is_no_set_of_keys_or_leads_elsewhere_is_not_followed()
    {
        await using var elsewhere = (await KeyServer.StartAsync()).With("k1");
        Func<HttpContext, Task>[] answers =
        [
            context => context.Response.WriteAsync("no keys"),
            context => context.Response.WriteAsync("""{"keys":[{"kty":"oct","kid":"k1","k":"AAAA"},{"kty":"RSA","kid":"k1","n":"AQAB","e":"AQAB"},7]}"""),
            context => context.Response.WriteAsync(new string(' ', SigningKeys.MaxBytes + 1)),
            context =>
            {
                context.Response.Redirect(elsewhere.JwksUri);
                return Task.CompletedTask;
            },
            context =>
            {
                context.Abort();
                return Task.CompletedTask;
            },
        ];

        foreach (var answer in answers)
        {
            var (_, client) = await TrustAsync(jwks: $"{keys.JwksUri}?{Guid.NewGuid()}");
            keys.Instead = answer;

            var refused = await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id);

            refused.Status.Should().BeOneOf(401, 503);
        }

        elsewhere.Fetches.Should().Be(0);
    }

    [Fact]
    public async Task Weak_keys_are_not_used()
    {
        keys.With("weak", rsaBits: 1024);
        var (_, client) = await TrustAsync();

        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(200);
        (await host.PostAssertionAsync(keys.Sign("weak", Claims()), client.Id)).Status.Should().Be(401);
    }

    [Fact]
    public async Task While_the_keys_do_not_come_so_many_wait_for_them_and_others_go_on()
    {
        var (owner, client) = await TrustAsync();
        using var comes = new SemaphoreSlim(0);
        keys.Instead = async context =>
        {
            await comes.WaitAsync();
            await context.Response.WriteAsync("""{"keys":[]}""");
        };

        var waiting = Enumerable.Range(0, 80).Select(_ => host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).ToArray();
        await Eventually.BeAsync(() => Task.FromResult(waiting.Count(task => task.IsCompleted) >= 29));
        var meanwhile = await owner.CreateUserAsync("ana");
        comes.Release(100);
        var answers = await Task.WhenAll(waiting);

        meanwhile.Status.Should().Be(201);
        answers.Should().OnlyContain(answer => answer.Status == 503 || answer.Status == 401);
        answers.Count(answer => answer.Status == 503).Should().BeGreaterThanOrEqualTo(29);
        keys.Fetches.Should().Be(1);
    }

    [Fact]
    public async Task A_client_that_goes_away_while_the_keys_are_fetched_leaves_them_for_the_others()
    {
        var (_, client) = await TrustAsync();
        using var comes = new SemaphoreSlim(0);
        keys.Instead = async context =>
        {
            keys.Instead = null;
            await comes.WaitAsync();
            await keys.PublishAsync(context);
        };
        var form = $"grant_type=client_credentials&client_id={client.Id}&client_assertion_type={Uri.EscapeDataString(TokenRequests.AssertionType)}&client_assertion={keys.Sign("k1", Claims())}";
        using (var raw = new RawHttp(host.Origin))
        {
            raw.Write($"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}");
            await Eventually.BeAsync(() => Task.FromResult(keys.Fetches == 1));
        }

        var other = host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id);
        comes.Release();

        (await other).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("AQ")]
    [InlineData("BA")]
    [InlineData("AAAAAAABAAE")]
    public async Task Keys_that_cost_much_or_protect_nothing_are_not_used(string exponent)
    {
        var (_, client) = await TrustAsync();
        var modulus = Convert.ToBase64String(Enumerable.Repeat((byte)0xC5, 256).ToArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        keys.Instead = context => context.Response.WriteAsync($$"""{"keys":[{"kty":"RSA","kid":"k1","use":"sig","n":"{{modulus}}","e":"{{exponent}}"}]}""");

        var answer = await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id);

        answer.Status.Should().Be(401);
        answer.Text.Should().Contain("no key");
    }

    [Fact]
    public async Task A_trust_that_is_revoked_is_known_no_more()
    {
        var (owner, client) = await TrustAsync();
        var scim = host.ClientOf(await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id));

        await host.SendAsync(new RevokeClient.Command(owner.Organization, client.Id));

        (await host.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(401);
        (await host.PostAssertionAsync(keys.Sign("k1", Claims()))).Status.Should().Be(401);
        await Eventually.BeAsync(async () => (await scim.GetAsync("/Users")).Status == 401);
    }

    [Fact]
    public async Task Nothing_is_fetched_from_where_only_this_machine_gets_unless_it_is_allowed()
    {
        await using var started = await StartedHost.StartAsync();
        var owner = await started.Value.CreateOrganizationAsync();
        var direct = await started.Value.SendAsync(new CreateTrust.Command(
            owner.Organization, "entra", new Trust(Issuer, keys.JwksUri.Replace("http:", "https:", StringComparison.Ordinal), Subject, Audience), TokenScope.Write));
        var named = await started.Value.SendAsync(new CreateTrust.Command(
            owner.Organization, "entra", new Trust(Issuer, $"https://localhost:{keys.Origin.Port}/keys", Subject, Audience), TokenScope.Write));

        foreach (var client in (ClientRow[])[direct, named])
        {
            (await started.Value.PostAssertionAsync(keys.Sign("k1", Claims()), client.Id)).Status.Should().Be(503);
            var check = () => started.Value.SendAsync(new CheckTrust.Query(owner.Organization, client.Id));
            (await check.Should().ThrowAsync<Exception>()).Which.Message.Should().Contain("Outbound:AllowedNetworks");
        }

        keys.Fetches.Should().Be(0);
    }

    private long Now => host.Clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>What Entra's assertions say.</summary>
    private Dictionary<string, JsonNode?> Claims() => new()
    {
        ["aud"] = Audience,
        ["iss"] = Issuer,
        ["iat"] = Now,
        ["nbf"] = Now,
        ["exp"] = Now + 3900,
        ["oid"] = Subject,
        ["sub"] = Subject,
        ["uti"] = Guid.NewGuid().ToString("N"),
        ["ver"] = "2.0",
    };

    private async Task<(ScimClient Owner, ClientRow Client)> TrustAsync(string audience = Audience, string subject = Subject, bool isReusable = false, string? jwks = null)
    {
        var owner = await host.CreateOrganizationAsync();
        var client = await host.SendAsync(new CreateTrust.Command(
            owner.Organization, "entra", new Trust(Issuer, jwks ?? keys.JwksUri, subject, audience), TokenScope.Write, isReusable));
        return (owner, client);
    }

    private static Func<HttpContext, Task> Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };
}
