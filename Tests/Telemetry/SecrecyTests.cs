using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Telemetry;

/// <summary>
/// Words that stand for persons and for secrets, put wherever a request has a place for them, and looked for in everything that somebody
/// else may read: logs, traces, metrics, errors, and the database.
/// </summary>
public sealed class SecrecyTests
{
    private const string Person = "zqperson";
    private const string Password = "zqpassword";
    private const string Valid = "zqvalid-token-0123456789-0123456789";
    private const string Jwt = "zqassertion";
    private const string Unknown = "zqunknown-token-0123456789-0123456789";

    [Theory]
    [InlineData("Information", "Warning")]
    [InlineData("Trace", "Information")]
    public async Task Logs_traces_metrics_and_errors_hold_no_person_and_no_secret(string ownLevel, string serverLevel)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Valid;
        program["ScimSlice__Outbound__AllowedNetworks"] = "127.0.0.0/8";
        program["Logging__LogLevel__ScimSlice"] = ownLevel;
        program["Logging__LogLevel__Microsoft"] = serverLevel;
        program["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint;
        program["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        await program.ServeAsync();
        var revoked = await RevokedTokenAsync(program);
        await using var keys = (await KeyServer.StartAsync()).With("k1");
        var (issued, tokenAnswers) = await AskForTokensAsync(program, keys);
        string[] secrets = [Password, Valid, Unknown, revoked, Jwt, .. issued];

        var (answers, correlation) = await SendEverywhereAsync(program, [Valid, Unknown, revoked]);
        using var http = new HttpClient();
        var scraped = await http.GetStringAsync(new Uri(program.Origin!, "/metrics"));
        await program.TerminateAsync();

        // Sent when the server ends at the latest.
        await Eventually.BeAsync(() => Task.FromResult(receiver.Traces.Contains("CreateUser", StringComparison.Ordinal) && receiver.Metrics.Contains("scim.operation.duration", StringComparison.Ordinal)));
        await Eventually.BeAsync(() => Task.FromResult(Log(program).Contains(correlation, StringComparison.Ordinal)));
        scraped.Should().Contain("scim_operation=\"CreateUser\"");
        foreach (var (text, what) in ((string, string)[])[(Log(program), "the log"), (receiver.Traces, "the traces"), (receiver.Metrics, "the metrics"), (scraped, "/metrics")])
        {
            foreach (var word in (string[])[Person, .. secrets])
            {
                ShouldNotHold(text, word, what);
            }
        }

        using (var database = program.Database.Open())
        {
            var rows = database.Query("select * from audit_records").Select(row => string.Join(' ', ((IDictionary<string, object?>)row).Values)).ToArray();
            rows.Should().Contain(row => row.Contains("There is no User with the id '…'", StringComparison.Ordinal)).And.Contain(row => row.Contains("PATCH", StringComparison.Ordinal));
            foreach (var word in (string[])[Person, .. secrets])
            {
                ShouldNotHold(string.Join('\n', rows), word, "the audit");
            }
        }

        tokenAnswers.Should().HaveCountGreaterThan(8);
        tokenAnswers.Concat(answers).Where(answer => answer.Status >= 400).Should().HaveCountGreaterThan(30).And.AllSatisfy(answer =>
        {
            foreach (var word in (string[])[.. secrets, "   at ", "ScimSlice.", "Exception", "select ", "insert ", "SQLite", "Npgsql", "no such table", "relation"])
            {
                ShouldNotHold(answer.Text, word, "an error");
            }
        });
    }

    [Fact]
    public async Task The_database_holds_no_password_and_no_usable_token()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Valid;
        program["ScimSlice__Outbound__AllowedNetworks"] = "127.0.0.0/8";
        await program.ServeAsync();
        var revoked = await RevokedTokenAsync(program);
        await using var keys = (await KeyServer.StartAsync()).With("k1");
        var (issued, _) = await AskForTokensAsync(program, keys);
        var client = program.CreateClient(Valid);

        var user = await client.CreateUserAsync(Person, $"\"password\":\"{Password}\"");
        await client.PutAsync($"/Users/{user.Id}", ScimClient.User(Person, $"\"password\":\"{Password}\""));
        await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"replace","path":"password","value":"{{Password}}"}""");
        await client.PatchAsync($"/Users/{user.Id}", $$$"""{"op":"add","value":{"password":"{{{Password}}}","title":"x"}}""");
        await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{{ScimClient.User("bulk", $"\"password\":\"{Password}\"")}} }]}
            """);
        var whileRunning = program.Database.Read();
        await program.TerminateAsync();

        foreach (var text in (string[])[whileRunning, program.Database.Read()])
        {
            text.Should().Contain(Person);
            foreach (var secret in (string[])[Password, Valid, revoked, Jwt, .. issued])
            {
                ShouldNotHold(text, secret, "the database");
            }
        }
    }

    private static async Task<string> RevokedTokenAsync(ScimProgram program)
    {
        await program.RunJsonAsync("org", "create", "acme");
        var token = await program.RunJsonAsync("token", "create", "acme", "--name", "test");
        (await program.RunAsync("token", "revoke", "acme", token["id"]!.GetValue<string>())).ExitCode.Should().Be(0);
        return token["token"]!.GetValue<string>();
    }

    /// <summary>Asks the token endpoint for tokens in every way, and uses them. What was given, client secrets and access tokens, and all answers that refuse.</summary>
    private static async Task<(string[] Secrets, IReadOnlyList<ScimAnswer> Refused)> AskForTokensAsync(ScimProgram program, KeyServer keys)
    {
        var client = await program.RunJsonAsync("client", "create", "acme", "--name", "entra");
        var (id, secret) = (client["id"]!.GetValue<string>(), client["secret"]!.GetValue<string>());
        var trust = (await program.RunJsonAsync(
            "trust", "create", "acme", "--name", "federated", "--issuer", "https://idp.example.com", "--jwks", keys.JwksUri, "--subject", "service", "--audience", "api://scim"))["id"]!.GetValue<string>();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string Sign(string subject) => keys.Sign("k1", new Dictionary<string, JsonNode?>
        {
            ["iss"] = "https://idp.example.com",
            ["sub"] = subject,
            ["aud"] = "api://scim",
            ["exp"] = now + 600,
            ["jti"] = $"{subject}{Jwt}",
            ["email"] = Person,
            ["note"] = Jwt,
        });
        string Assert(string assertion) => $"grant_type=client_credentials&client_id={trust}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={assertion}";
        var used = Sign("service");
        var (secrets, refused) = (new List<string> { secret, used.Split('.')[2] }, new List<ScimAnswer>());
        using var http = new HttpClient();
        foreach (var (form, header) in ((string, string?)[])
        [
            ($"grant_type=client_credentials&client_id={id}&client_secret={secret}", null),
            ("grant_type=client_credentials", Basic(id, secret)),
            (Assert(used), null),
            (Assert(used), null),
            (Assert(Sign(Person)), null),
            (Assert(Jwt), null),
            (Assert($"{Jwt}.{Jwt}.{Jwt}"), null),
            ($"grant_type={Person}&client_id={id}&client_secret={secret}", null),
            ($"grant_type=client_credentials&client_id={Person}&client_secret={Password}", null),
            ($"grant_type=client_credentials&client_id={id}&client_secret={Password}&scope={Person}", null),
            ($"grant_type=client_credentials&client_id={id}&client_id={Person}&client_secret={Password}", null),
            ("grant_type=client_credentials", Basic(Person, Password)),
            ("grant_type=client_credentials", $"Bearer {Valid}"),
            ($"{Person}={Password}&{Jwt}", null),
        ])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(program.Origin!, $"/oauth/token?{Person}={Password}"))
            {
                Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
            };
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            using var response = await http.SendAsync(request);
            var answer = new ScimAnswer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
            if (answer.Status == 200)
            {
                secrets.Add(answer.Body["access_token"]!.GetValue<string>());
                (await program.CreateClient(secrets[^1]).GetAsync($"/Users/{Person}")).Status.Should().Be(404);
            }
            else
            {
                refused.Add(answer);
            }
        }

        secrets.Should().HaveCount(5, "three requests are valid");
        return ([.. secrets], refused);
    }

    private static string Basic(string id, string secret) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"))}";

    /// <summary>All that was answered, and what the last failure is to be found by in the log.</summary>
    private static async Task<(IReadOnlyList<ScimAnswer> Answers, string Correlation)> SendEverywhereAsync(ScimProgram program, string[] tokens)
    {
        var (client, answers) = (program.CreateClient(Valid), new List<ScimAnswer>());
        const string Whole = $$$"""
            "externalId":"{{{Person}}}","displayName":"{{{Person}}}","nickName":"{{{Person}}}","title":"{{{Person}}}","password":"{{{Password}}}","name":{"givenName":"{{{Person}}}","familyName":"{{{Person}}}"},
            "emails":[{"value":"{{{Person}}}@{{{Person}}}.example"}],"phoneNumbers":[{"value":"{{{Person}}}"}],"addresses":[{"formatted":"{{{Person}}}"}],"{{{Person}}}":"{{{Person}}}",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"{{{Person}}}"}}
            """;
        var user = await client.CreateUserAsync(Person, Whole);
        var group = await client.CreateGroupAsync(Person, user.Id);
        foreach (var (method, path, body) in ((string, string, string?)[])
        [
            ("POST", "/Users", ScimClient.User(Person, Whole)),
            ("PUT", $"/Users/{user.Id}", ScimClient.User(Person, Whole)),
            ("POST", "/Users", ScimClient.User("other", $"\"password\":[\"{Password}\"]")),
            ("POST", "/Users", ScimClient.User("other", $"\"password\":{{\"value\":\"{Password}\"}}")),
            ("POST", "/Users", ScimClient.User("other", $"\"active\":\"{Person}\"")),
            ("POST", "/Users", ScimClient.User("other", $"\"role\":\"{Person}\"")),
            ("POST", "/Users", ScimClient.User("other", $"\"x509Certificates\":[{{\"value\":\"{Person}\"}}]")),
            ("POST", "/Users", $"{{\"password\":\"{Password}\",{Person}"),
            ("POST", "/Users", $"{{\"password\":\"{Password}\",\"password\":\"{Password}\"}}"),
            ("PATCH", $"/Users/{user.Id}", Patch($$"""{"op":"replace","path":"password","value":"{{Password}}"}""")),
            ("PATCH", $"/Users/{user.Id}", Patch($$"""{"op":"replace","path":"password","value":{"a":"{{Password}}"} }""")),
            ("PATCH", $"/Users/{user.Id}", Patch($$"""{"op":"add","path":"{{Person}}","value":"{{Person}}"}""")),
            ("PATCH", $"/Users/{user.Id}", Patch($$"""{"op":"{{Person}}","path":"emails[value eq \"{{Person}}\"]"}""")),
            ("PATCH", $"/Groups/{group.Id}", Patch($$"""{"op":"add","path":"members","value":[{"value":"{{Person}}"}]}""")),
            ("GET", $"/Users?filter=userName%20eq%20%22{Person}%22", null),
            ("GET", $"/Users?filter={Person}%20eq%20%22{Person}%22", null),
            ("GET", $"/Users?filter=password%20eq%20%22{Password}%22", null),
            ("GET", $"/Users?filter=userName%20co%20%22{Person}", null),
            ("GET", $"/Users?sortBy={Person}&attributes={Person}&count={Person}", null),
            ("GET", $"/Users?cursor={Person}", null),
            ("GET", $"/Users?access_token={Valid}&password={Password}", null),
            ("GET", $"/Users?{Person}={Person}", null),
            ("GET", $"/Users/{Person}", null), ("GET", $"/Groups/{Person}@example.com", null), ("GET", $"/Schemas/{Person}", null), ("GET", $"/ResourceTypes/{Person}", null),
            ("GET", $"/{Person}", null), ("GET", $"/../../{Person}/{Person}", null), ("DELETE", $"/Users/{Person}", null), ("POST", $"/Users/{Person}", "{}"), ("ZQPERSON", "/Users", null),
            ("POST", "/Users/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"{{Person}}\""}"""),
            ("POST", "/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"{{Person}} xx"}"""),
            ("POST", "/Bulk", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"POST","path":"/Users","bulkId":"{{Person}}","data":{{ScimClient.User(Person, Whole)}} },{"method":"PUT","path":"/Users/{{Person}}","data":{} }]}"""),
        ])
        {
            answers.Add(await client.SendAsync(method, path, body));
        }

        answers.Add(await client.GetAsync($"/Users/{user.Id}", ("If-Match", $"\"{Person}\""), ("Cookie", $"{Person}={Password}"), ("X-Api-Key", Valid), ("baggage", $"user={Person}"), ("Referer", $"http://localhost/?{Person}"), ("X-Forwarded-For", Person)));
        answers.Add(await client.PostAsync("/Users", ScimClient.User("other"), ("Content-Type", $"text/{Person}")));
        foreach (var authorization in tokens.Skip(1).Select(token => $"Bearer {token}")
            .Concat([$"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Person}:{Password}"))}", $"Digest username=\"{Person}\"", $"Bearer {Valid} {Password}", Valid, $"{Password} {Valid}"]))
        {
            answers.Add(await new ScimClient(program.Origin!, "", "", authorization).GetAsync($"/Users?filter={Person}"));
            answers.Add(await new ScimClient(program.Origin!, "", "", authorization).PostAsync($"/Users/{Person}", ScimClient.User(Person, Whole)));
        }

        using (var database = program.Database.Open())
        {
            database.Execute(TestDatabase.IsPostgres ? "drop table users cascade" : "pragma foreign_keys = off; drop table users");
        }

        answers.Add(await client.FilterAsync($"userName eq \"{Person}\""));
        answers.Add(await client.GetAsync($"/Users/{Person}"));
        answers.Add(await client.PostAsync("/Users", ScimClient.User(Person, Whole)));
        answers[^1].ShouldBeError(500);
        return (answers, answers[^1].RequestId!);
    }

    private static string Patch(string operation) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operation}}]}""";

    /// <summary>Neither as it is, in any case, nor as base64 or hexadecimal digits.</summary>
    internal static void ShouldNotHold(string text, string word, string what)
    {
        // In base64 a word looks differently at each of three places; the letters at its ends depend on its neighbours.
        var encoded = Enumerable.Range(0, 3).Select(offset => Convert.ToBase64String([.. new byte[offset], .. Encoding.UTF8.GetBytes(word)])[(offset == 0 ? 0 : 4)..^4]);
        foreach (var form in (string[])[word, .. encoded, Convert.ToHexString(Encoding.UTF8.GetBytes(word))])
        {
            var index = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
            index.Should().BeNegative("{0} must not hold {1}: …{2}…", what, word, index < 0 ? "" : text[Math.Max(0, index - 200)..Math.Min(text.Length, index + 100)]);
        }
    }

    internal static string Log(ScimProgram program)
    {
        lock (program.Notice)
        {
            return string.Join('\n', program.Notice);
        }
    }
}
