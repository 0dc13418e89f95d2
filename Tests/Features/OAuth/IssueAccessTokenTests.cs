using System.Text;
using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Features.OAuth;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.OAuth;

public sealed class IssueAccessTokenTests(ScimHost host) : IClassFixture<ScimHost>
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    [Fact]
    public async Task A_client_is_given_an_access_token_for_its_secret()
    {
        var owner = await host.CreateOrganizationAsync();
        var ana = await owner.CreateUserAsync("ana");
        var client = await CreateAsync(owner);

        var answer = await host.PostSecretAsync(client.Client.Id, client.Secret, "&scope=scim");

        answer.Status.Should().Be(200);
        answer.ContentHeaders.ContentType!.MediaType.Should().Be("application/json");
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        answer.Headers.Pragma.ToString().Should().Be("no-cache");
        answer.Body.AsObject().Select(member => member.Key).Should().Equal("access_token", "token_type", "expires_in", "scope");
        answer.Body["token_type"]!.GetValue<string>().Should().Be("Bearer");
        answer.Body["expires_in"]!.GetValue<int>().Should().Be(3600);
        answer.Body["scope"]!.GetValue<string>().Should().Be("write");
        var scim = host.ClientOf(answer);
        (await scim.GetAsync($"/Users/{ana.Id}")).Status.Should().Be(200);
        (await scim.CreateUserAsync("bob")).Status.Should().Be(201);
    }

    [Theory]
    [InlineData("{id}", "{secret}")]
    [InlineData("%7Bid%7D", "{secret}")]
    public async Task The_secret_may_stand_in_the_header(string id, string secret)
    {
        var client = await CreateAsync(await host.CreateOrganizationAsync());
        var pair = $"{id.Replace("%7Bid%7D", string.Concat(client.Client.Id.Select(letter => $"%{(int)letter:X2}")), StringComparison.Ordinal).Replace("{id}", client.Client.Id, StringComparison.Ordinal)}:{secret.Replace("{secret}", client.Secret, StringComparison.Ordinal)}";

        var answer = await host.PostFormAsync("grant_type=client_credentials", headers: ("Authorization", $"basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}"));

        answer.Status.Should().Be(200);
        (await host.ClientOf(answer).GetAsync("/Users")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_client_that_may_only_read_is_given_a_token_that_may_only_read()
    {
        var owner = await host.CreateOrganizationAsync();
        var reader = await CreateAsync(owner, TokenScope.Read);
        var writer = await CreateAsync(owner);

        var read = await host.PostSecretAsync(reader.Client.Id, reader.Secret, "&scope=write");
        var narrowed = await host.PostSecretAsync(writer.Client.Id, writer.Secret, "&scope=read");

        foreach (var answer in (ScimAnswer[])[read, narrowed])
        {
            answer.Body["scope"]!.GetValue<string>().Should().Be("read");
            (await host.ClientOf(answer).GetAsync("/Users")).Status.Should().Be(200);
            (await host.ClientOf(answer).PostAsync("/Users", ScimClient.User("eve"))).ShouldBeError(403);
        }
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_client_are_answered_alike()
    {
        var owner = await host.CreateOrganizationAsync();
        var (client, other) = (await CreateAsync(owner), await CreateAsync(owner));
        var trust = await host.CreateTokenAsync(owner.Organization);

        ScimAnswer[] answers =
        [
            await host.PostSecretAsync(client.Client.Id, client.Secret + "0"),
            await host.PostSecretAsync(client.Client.Id, other.Secret),
            await host.PostSecretAsync("nobody", client.Secret),
            await host.PostSecretAsync(client.Client.Id.ToUpperInvariant(), client.Secret),
            await host.PostSecretAsync(trust.TokenId, trust.Authorization!["Bearer ".Length..]),
            await host.PostSecretAsync("' or 1=1 --", "' or 1=1 --"),
        ];

        answers.Should().OnlyContain(answer => answer.Status == 401 && answer.Text == answers[0].Text);
        answers[0].Error().Should().Be("invalid_client");
        answers[0].Headers.WwwAuthenticate.ToString().Should().StartWith("Basic");
        answers[0].Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Theory]
    [InlineData("client_id={id}&client_secret={secret}", 400, "invalid_request")]
    [InlineData("grant_type=&client_id={id}&client_secret={secret}", 400, "invalid_request")]
    [InlineData("grant_type=password&client_id={id}&client_secret={secret}", 400, "unsupported_grant_type")]
    [InlineData("grant_type=CLIENT_CREDENTIALS&client_id={id}&client_secret={secret}", 400, "unsupported_grant_type")]
    [InlineData("grant_type=client_credentials", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id={id}", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id={id}&client_secret=", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id={id}&client_id={id}&client_secret={secret}", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id={id}&client_secret={secret}&client_secret={secret}", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id={id}%00&client_secret={secret}", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id={id}&client_secret={secret}&client_assertion=a.b.c", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id={id}&client_assertion=a.b.c", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id={id}&client_assertion_type=x&client_assertion=a.b.c", 400, "invalid_request")]
    [InlineData("", 400, "invalid_request")]
    public async Task A_request_that_is_not_as_it_should_be_is_told_what_is_wrong(string form, int status, string error)
    {
        var client = await CreateAsync(await host.CreateOrganizationAsync());

        var answer = await host.PostFormAsync(Fill(form, client));

        (answer.Status, answer.Error()).Should().Be((status, error));
        answer.Body["error_description"]!.GetValue<string>().Should().NotBeEmpty().And.NotContain(client.Secret);
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("", "grant_type=client_credentials")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "grant_type=client_credentials")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16", "grant_type=client_credentials")]
    public async Task Only_a_form_is_read(string contentType, string body)
    {
        var answer = await host.PostFormAsync(body, contentType);

        (answer.Status, answer.Error()).Should().Be((400, "invalid_request"));
    }

    [Theory]
    [InlineData("Bearer {secret}")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Basic AAAA")]
    [InlineData("Basic JTAwOng=")]
    public async Task A_header_that_names_no_client_is_401(string header)
    {
        var client = await CreateAsync(await host.CreateOrganizationAsync());

        var answer = await host.PostFormAsync("grant_type=client_credentials", headers: ("Authorization", Fill(header, client)));

        (answer.Status, answer.Error()).Should().Be((401, "invalid_client"));
    }

    [Fact]
    public async Task A_client_that_shows_who_it_is_in_two_ways_is_refused()
    {
        var client = await CreateAsync(await host.CreateOrganizationAsync());
        var header = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client.Client.Id}:{client.Secret}"))}";

        var answer = await host.PostFormAsync($"grant_type=client_credentials&client_secret={client.Secret}", headers: ("Authorization", header));

        (answer.Status, answer.Error()).Should().Be((400, "invalid_request"));
    }

    [Fact]
    public async Task A_form_beyond_all_measure_is_refused()
    {
        var many = await host.PostFormAsync(string.Join('&', Enumerable.Range(0, 5000).Select(index => $"a{index}=b")));
        var large = await host.PostFormAsync($"grant_type={new string('x', 1_000_000)}");

        many.Error().Should().Be("invalid_request");
        large.Error().Should().Be("invalid_request");
        (await host.PostFormAsync($"grant_type=client_credentials&client_id={new string('x', 15_000)}&client_secret={new string('x', 15_000)}&scope={new string('x', 15_000)}")).Error().Should().Be("invalid_request");
    }

    /// <summary>A client that is still sending when the connection ends does not read why.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_form_that_is_too_large_is_taken_to_its_end_and_the_connection_goes_on(bool chunked)
    {
        const int bytes = 100_000;
        using var raw = new RawHttp(host.Origin);
        var head = $"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n{(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {bytes}")}\r\n\r\n";
        var first = chunked ? $"grant_type={new string('x', 39_989)}" : "grant_type=";
        var rest = new string('x', bytes - first.Length);

        raw.Write(head + (chunked ? $"{first.Length:x}\r\n{first}\r\n" : first));
        var answer = raw.ReadAnswer("POST");
        raw.Write(chunked ? $"{rest.Length:x}\r\n{rest}\r\n0\r\n\r\n" : rest);
        raw.Write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");

        (answer.Status, answer.Error()).Should().Be((400, "invalid_request"));
        answer.Text.Should().Contain("32768");
        raw.ReadAnswer().Status.Should().Be(200);
    }

    /// <summary>Bytes of the form, how many parameters, of the longest name, and of the longest value.</summary>
    [Theory]
    [InlineData(32_768, 10, 100, 16_384, 200)]
    [InlineData(32_769, 10, 100, 16_384, 400)]
    [InlineData(20_000, 11, 100, 10_000, 400)]
    [InlineData(20_000, 10, 101, 10_000, 400)]
    [InlineData(20_000, 10, 100, 16_385, 400)]
    public async Task A_form_has_its_limits_whole_and_part_by_part(int bytes, int parameters, int name, int value, int status)
    {
        var client = await CreateAsync(await host.CreateOrganizationAsync());
        var form = $"grant_type=client_credentials&client_id={client.Client.Id}&client_secret={client.Secret}&{new string('n', name)}=&a={new string('v', value)}";
        for (var count = 5; count < parameters - 1; count++)
        {
            form += $"&p{count}=";
        }

        form += "&b=";
        form += new string('v', bytes - form.Length);
        var answer = await host.PostFormAsync(form);

        answer.Status.Should().Be(status, answer.Text);
    }

    [Fact]
    public async Task Several_secrets_are_live_at_once_and_one_ends_with_the_tokens_it_gave()
    {
        var owner = await host.CreateOrganizationAsync();
        var first = await CreateAsync(owner);
        var second = await host.SendAsync(new AddClientSecret.Command(owner.Organization, first.Client.Id, Year));
        var (byFirst, bySecond) = (host.ClientOf(await host.PostSecretAsync(first.Client.Id, first.Secret)), host.ClientOf(await host.PostSecretAsync(first.Client.Id, second.Secret)));
        (await byFirst.GetAsync("/Users")).Status.Should().Be(200);

        await host.SendAsync(new RevokeClientSecret.Command(owner.Organization, first.Row.Id));

        await Eventually.BeAsync(async () => (await byFirst.GetAsync("/Users")).Status == 401);
        (await bySecond.GetAsync("/Users")).Status.Should().Be(200);
        (await host.PostSecretAsync(first.Client.Id, first.Secret)).Status.Should().Be(401);
        (await host.PostSecretAsync(first.Client.Id, second.Secret)).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_client_that_is_revoked_ends_with_all_its_tokens()
    {
        var owner = await host.CreateOrganizationAsync();
        var client = await CreateAsync(owner);
        var scim = host.ClientOf(await host.PostSecretAsync(client.Client.Id, client.Secret));
        (await scim.GetAsync("/Users")).Status.Should().Be(200);

        await host.SendAsync(new RevokeClient.Command(owner.Organization, client.Client.Id));

        await Eventually.BeAsync(async () => (await scim.GetAsync("/Users")).Status == 401);
        (await host.PostSecretAsync(client.Client.Id, client.Secret)).Status.Should().Be(401);
        await Eventually.BeAsync(async () => (await host.SendAsync(new ListAuditRecords.Query(owner.Organization, Actor: client.Client.Id))).Records.Any(record => record.ScimType == "revoked"));
    }

    [Fact]
    public async Task Tokens_and_secrets_end_when_their_time_is_over()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:OAuth:AccessTokenLifetime", "2h");
        var owner = await started.Value.CreateOrganizationAsync();
        var client = await started.Value.SendAsync(new CreateClient.Command(owner.Organization, "entra", TokenScope.Write, TimeSpan.FromHours(3)));
        var answer = await started.Value.PostSecretAsync(client.Client.Id, client.Secret);

        answer.Body["expires_in"]!.GetValue<int>().Should().Be(7200);
        started.Value.Clock.Advance(TimeSpan.FromMinutes(119));
        (await started.Value.ClientOf(answer).GetAsync("/Users")).Status.Should().Be(200);
        started.Value.Clock.Advance(TimeSpan.FromMinutes(2));
        (await started.Value.ClientOf(answer).GetAsync("/Users")).Status.Should().Be(401);
        (await started.Value.PostSecretAsync(client.Client.Id, client.Secret)).Status.Should().Be(200);
        started.Value.Clock.Advance(TimeSpan.FromHours(1));
        (await started.Value.PostSecretAsync(client.Client.Id, client.Secret)).Error().Should().Be("invalid_client");
    }

    [Fact]
    public async Task A_client_has_so_many_tokens_at_once_and_the_oldest_end()
    {
        await using var started = await StartedHost.StartAsync();
        var owner = await started.Value.CreateOrganizationAsync();
        var client = await started.Value.SendAsync(new CreateClient.Command(owner.Organization, "entra", TokenScope.Write, Year));

        var answers = new List<ScimAnswer>();
        for (var index = 0; index < IssueAccessToken.MaxLive + 2; index++)
        {
            answers.Add(await started.Value.PostSecretAsync(client.Client.Id, client.Secret));
        }

        answers.Should().OnlyContain(answer => answer.Status == 200);
        (await started.Value.ClientOf(answers[1]).GetAsync("/Users")).Status.Should().Be(401);
        (await started.Value.ClientOf(answers[2]).GetAsync("/Users")).Status.Should().Be(200);
        (await started.Value.ClientOf(answers[^1]).GetAsync("/Users")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("client")]
    [InlineData("secret")]
    [InlineData("time")]
    public async Task A_client_that_ends_between_its_proof_and_its_token_is_given_none(string what)
    {
        await using var started = await StartedHost.StartAsync();
        var owner = await started.Value.CreateOrganizationAsync();
        var client = await started.Value.SendAsync(new CreateClient.Command(owner.Organization, "entra", TokenScope.Write, TimeSpan.FromHours(1)));
        var grant = await started.Value.GrantOfAsync(owner);
        var proved = new AuthenticatedClient(grant.OrganizationId, client.Client.Id, client.Row.Id, null, TokenScope.Write);
        (await started.Value.SendAsync(IssueAccessToken.From(proved))).AccessToken.Should().StartWith("scimslice_access_");

        switch (what)
        {
            case "client":
                await started.Value.SendAsync(new RevokeClient.Command(owner.Organization, client.Client.Id));
                break;
            case "secret":
                await started.Value.SendAsync(new RevokeClientSecret.Command(owner.Organization, client.Row.Id));
                break;
            default:
                started.Value.Clock.Advance(TimeSpan.FromHours(1));
                break;
        }

        var late = () => started.Value.SendAsync(IssueAccessToken.From(proved));
        (await late.Should().ThrowAsync<OAuthException>()).Which.Should().BeEquivalentTo(new { Error = "invalid_client", Message = "The client or its secret was revoked or has expired." });
    }

    [Fact]
    public async Task Secrets_that_are_added_at_once_are_not_more_than_there_may_be()
    {
        var owner = await host.CreateOrganizationAsync();
        var client = await CreateAsync(owner);

        var added = await Task.WhenAll(Enumerable.Range(0, AddClientSecret.MaxLive + 4).Select(async _ =>
        {
            try
            {
                await host.SendAsync(new AddClientSecret.Command(owner.Organization, client.Client.Id, Year));
                return true;
            }
            catch (ScimException refused) when (refused.Status == 409)
            {
                return false;
            }
        }));

        added.Count(isAdded => isAdded).Should().Be(AddClientSecret.MaxLive - 1, "it had one from the start");
    }

    [Fact]
    public async Task Wrong_secrets_are_counted_by_address_and_right_ones_never()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Limits:FailedAttemptsPerMinute", "3");
        var owner = await started.Value.CreateOrganizationAsync();
        var client = await started.Value.SendAsync(new CreateClient.Command(owner.Organization, "entra", TokenScope.Write, Year));

        var wrong = new List<int>();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            wrong.Add((await started.Value.PostSecretAsync(client.Client.Id, "wrong")).Status);
        }

        wrong.Should().Equal(401, 401, 401, 429, 429);
        (await started.Value.PostSecretAsync(client.Client.Id, client.Secret)).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_wrong_secret_of_a_known_client_is_told_to_its_organization()
    {
        var owner = await host.CreateOrganizationAsync();
        var client = await CreateAsync(owner);

        await host.PostSecretAsync(client.Client.Id, "wrong");

        await Eventually.BeAsync(async () => (await host.SendAsync(new ListAuditRecords.Query(owner.Organization, Refused: true, Actor: client.Client.Id))).Records is [{ Status: 401, ScimType: "invalid_client" }]);
    }

    [Fact]
    public async Task What_a_client_does_is_recorded_under_its_name_and_its_secrets_are_nowhere()
    {
        var owner = await host.CreateOrganizationAsync();
        var client = await CreateAsync(owner);
        var answer = await host.PostSecretAsync(client.Client.Id, client.Secret);
        await host.ClientOf(answer).CreateUserAsync("ana");

        var records = (await host.SendAsync(new ListAuditRecords.Query(owner.Organization))).Records;

        records.Where(record => record.Actor == client.Client.Id).Should().ContainSingle().Which.Should().BeEquivalentTo(new { ActorKind = "client", Operation = "CreateUser" });
        records.Should().Contain(record => record.Operation == "IssueAccessToken" && record.ResourceId == client.Client.Id);
        host.ReadDatabase().Should().NotContain(client.Secret).And.NotContain(answer.Body["access_token"]!.GetValue<string>()).And.Contain(client.Client.Id);
    }

    [Fact]
    public async Task The_endpoint_serves_nothing_else()
    {
        using var http = new HttpClient();
        foreach (var method in (string[])["GET", "PUT", "DELETE", "PATCH"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Origin, "/oauth/token"));
            using var response = await http.SendAsync(request);
            ((int)response.StatusCode).Should().Be(401, method);
        }
    }

    private async Task<IssuedSecret> CreateAsync(ScimClient owner, TokenScope scope = TokenScope.Write) =>
        await host.SendAsync(new CreateClient.Command(owner.Organization, "entra", scope, Year));

    private static string Fill(string text, IssuedSecret client) =>
        text.Replace("{id}", client.Client.Id, StringComparison.Ordinal).Replace("{secret}", client.Secret, StringComparison.Ordinal);
}
