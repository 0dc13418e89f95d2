using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>SQL selects what the in-memory match selects, and the filters that clients send most use an index.</summary>
public sealed class FilterToSqlTests(FilterToSqlTests.Population population) : IClassFixture<FilterToSqlTests.Population>
{
    private static readonly string[] Table =
    [
        "userName eq \"BJENSEN\"", "userName ne \"bjensen\"", "userName co \"EN\"", "userName sw \"b\"", "userName ew \"N\"",
        "userName gt \"bjensen\"", "userName ge \"bjensen\"", "userName lt \"m\"", "userName le \"mary\"", "userName sw \"\"", "userName eq \"ｊürgen\"",
        "id pr", "id eq \"x\"", "id sw \"0\"", "externalId pr", "externalId eq \"ABC\"", "externalId eq \"abc\"", "externalId sw \"A\"", "externalId ne \"ABC\"", "externalId eq null",
        "displayName eq \"STRASSE\"", "displayName sw \"ÉL\"", "displayName sw \"\\uD83D\\uDE00\"", "displayName sw \"\\uFFFF\"", "displayName gt \"\\uFFFF\"", "displayName co \"%\"", "displayName ew \"_\"", "displayName pr",
        "title pr", "title eq null", "title ne null", "title ne \"Lead\"", "title co \"\"", "title sw \"\"", "title ew \"\"", "title ge \"lead\"",
        "active eq true", "active eq false", "active ne true", "active pr",
        "role eq \"OWNER\"", "role ne \"owner\"", "role pr", "role eq null",
        "name pr", "name.familyName co \"O'Malley\"", "name.familyName ne \"x\"", "name[familyName sw \"o\" and givenName pr]", "name[not (familyName eq \"x\")]", "name[givenName eq null]",
        "emails pr", "emails co \"x.com\"", "emails.value ew \"X.COM\"", "emails.type eq \"work\" and emails.value co \"@home\"", "emails[type eq \"work\" and value co \"@home\"]", "emails.type ne \"work\"",
        "emails[not (type eq \"work\")]", "emails[type ne \"work\"]", "emails[primary eq true]", "emails.primary eq false", "emails[type pr and not (value pr)]", "emails.value eq null", "emails.display ne null", "emails[display eq null]",
        "emails[type eq \"work\" or (type eq \"home\" and value ew \"x.com\")]", "phoneNumbers.value sw \"+\"", "addresses[country eq \"us\"]", "addresses.locality gt \"a\"",
        "schemas eq \"URN:ietf:params:scim:schemas:extension:enterprise:2.0:user\"", "schemas co \"enterprise\"", "schemas pr", "schemas ne \"x\"", "schemas[value ew \"core:2.0:User\"]",
        "urn:ietf:params:scim:schemas:core:2.0:User:title eq \"lead\"", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"LABS\"",
        "department ne \"labs\"", "manager.value eq \"m1\"", "manager eq \"m1\"", "manager[value eq \"m1\"]", "employeeNumber le \"2\"", "costCenter pr",
        "meta pr", "meta.resourceType eq \"User\"", "meta.resourceType ne \"User\"", "meta.created ge \"2020-01-01T01:00:00+01:00\"", "meta.created lt \"2020-01-01T00:00:00\"", "meta.lastModified pr",
        "meta.lastModified gt \"FIRST\"", "meta.lastModified eq \"FIRST\"", "meta.created le \"FIRST\"", "meta.version eq \"W/\\\"1\\\"\"", "meta.version pr", "meta.location pr",
        "x509Certificates.value eq \"MA==\"", "x509Certificates.value eq \"ma==\"", "profileUrl sw \"HTTP\"", "profileUrl sw \"http\"", "groups pr", "groups.value eq \"g\"", "groups[value eq \"g\"]",
        "title eq \"\"", "title ne \"\"", "displayName eq \"\"", "externalId ne \"\"", "name.familyName eq \"\"", "name[familyName eq \"\"]", "emails.value eq \"\"", "emails.value ne \"\"",
        "emails.value pr", "emails[value pr]", "emails[value eq \"\"]", "emails.value co \"\"", "department eq \"\"", "department pr", "manager pr", "emails eq null", "emails ne null",
        "title pr and userType eq \"Employee\" or nickName eq \"Jo\"", "title pr and (userType eq \"Employee\" or nickName eq \"Jo\")", "not (title pr) and not (nickName pr)",
    ];

    public static TheoryData<string> Filters => [.. Table];

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task SQL_selects_what_the_in_memory_match_selects(string filter)
    {
        await population.ShouldAgreeAsync(filter);
        await population.ShouldAgreeAsync($"not ({filter})");
        await population.ShouldAgreeAsync($"not (not ({filter}) or title eq \"Lead\")");
    }

    [Fact]
    public async Task Combined_filters_select_what_the_in_memory_match_selects()
    {
        for (var index = 0; index < Table.Length; index++)
        {
            var (left, right) = (Table[index], Table[((index * 7) + 3) % Table.Length]);

            await population.ShouldAgreeAsync($"({left}) and ({right})");
            await population.ShouldAgreeAsync($"({left}) or not ({right})");
        }
    }

    [OnSqliteTheory]
    [InlineData("id eq \"x\"", "sqlite_autoindex_users_1 (organization_id=? AND id=?)")]
    [InlineData("userName eq \"ana\"", "users_user_name_key (organization_id=? AND user_name_key=?)")]
    [InlineData("userName sw \"an\"", "users_user_name_key (organization_id=? AND user_name_key>? AND user_name_key<?)")]
    [InlineData("externalId eq \"e1\"", "users_external_id (organization_id=? AND external_id=?)")]
    [InlineData("displayName eq \"Ana\"", "users_display_name_key (organization_id=? AND display_name_key=?)")]
    [InlineData("displayName sw \"An\"", "users_display_name_key (organization_id=? AND display_name_key>? AND display_name_key<?)")]
    [InlineData("userName eq \"ana\" and active eq true", "users_user_name_key (organization_id=? AND user_name_key=?)")]
    [InlineData("id eq \"x\" and title eq \"Lead\"", "sqlite_autoindex_users_1 (organization_id=? AND id=?)")]
    [InlineData("title eq \"Lead\"", "sqlite_autoindex_users_1 (organization_id=?)")]
    [InlineData("emails.value eq \"a@x\"", "sqlite_autoindex_users_1 (organization_id=? AND id=?)")]
    [InlineData("emails.value eq \"a@x\"", "SEARCH l USING PRIMARY KEY (organization_id=? AND attribute=? AND value_key=?)")]
    [InlineData("emails eq \"a@x\"", "SEARCH l USING PRIMARY KEY (organization_id=? AND attribute=? AND value_key=?)")]
    [InlineData("emails[type eq \"work\"].value eq \"a@x\"", "SEARCH l USING PRIMARY KEY (organization_id=? AND attribute=? AND value_key=?)")]
    [InlineData("emails[type eq \"work\" and value sw \"a\"]", "SEARCH l USING PRIMARY KEY (organization_id=? AND attribute=? AND value_key>? AND value_key<?)")]
    [InlineData("emails[type eq \"work\" and value eq \"a@x\"] and active eq true", "sqlite_autoindex_users_1 (organization_id=? AND id=?)")]
    public void The_filters_that_clients_send_most_are_served_by_an_index(string filter, string expected)
    {
        var type = SchemaRegistry.BuiltIn.User;
        var parameters = new SqlParameters().With("organizationId", "o").With("count", 100).With("offset", 0);
        var condition = new FilterToSql(type, UserTable.Filtered, new SqliteDialect(), parameters).Compile(Population.Parse(filter));

        using var file = population.Host.OpenDatabase();
        var plan = file.Query<(long, long, long, string Detail)>(
            $"explain query plan select {ServedUser.Columns} from users u where u.organization_id = @organizationId and {condition} order by u.id limit @count offset @offset", parameters);

        plan.Select(step => step.Detail).Should().Contain(detail => detail.EndsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_filter_that_looks_at_very_many_values_is_refused_and_one_over_a_large_extension_is_not_too_deep()
    {
        await using var started = await LargeExtension.StartAsync(attributes: 3 * 290);
        var client = await started.Host.CreateOrganizationAsync();
        await client.CreateUserAsync("none");
        await client.CreateUserAsync("some", $"\"{LargeExtension.Urn}\":{{\"a5\":[\"x\"]}}");

        (await client.FilterAsync($"{LargeExtension.Urn} pr")).UserNames.Should().Equal("some");
        (await client.FilterAsync($"not ({LargeExtension.Urn} pr) or {string.Join(" or ", Enumerable.Repeat("title eq \"x\"", 150))}")).UserNames.Should().Equal("none");
        (await client.FilterAsync(string.Join(" or ", Enumerable.Repeat($"{LargeExtension.Urn} pr", 10)))).ShouldBeError(400, "invalidFilter");
    }

    /// <summary>A server with an extension of very many multi-valued attributes, of as many files as that takes.</summary>
    private sealed class LargeExtension : IAsyncDisposable
    {
        public const string Urn = "urn:example:large";

        private const int InOneFile = 290;

        private LargeExtension() => Host = new ScimHost { Settings = ["--ScimSlice:Schemas:Folder", Folder] };

        public ScimHost Host { get; }

        private string Folder { get; } = Directory.CreateTempSubdirectory("scimslice-schemas-").FullName;

        public static async Task<LargeExtension> StartAsync(int attributes)
        {
            var large = new LargeExtension();
            for (var first = 0; first < attributes; first += InOneFile)
            {
                var names = Enumerable.Range(first, Math.Min(InOneFile, attributes - first)).Select(number => $"{{ \"name\": \"a{number}\", \"multiValued\": true }}");
                await File.WriteAllTextAsync(
                    Path.Combine(large.Folder, $"{first:0000}.json"),
                    $"{{ {(first == 0 ? $"\"id\": \"{Urn}\", \"name\": \"Large\"" : $"\"extends\": \"{Urn}\"")}, \"attributes\": [ {string.Join(',', names)} ] }}");
            }

            await large.Host.InitializeAsync();
            return large;
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    [OnSqliteTheory]
    [InlineData("title eq \"Lead\"", "SEARCH l USING PRIMARY KEY (organization_id=? AND attribute=? AND value_key=?)")]
    [InlineData("title eq \"Lead\" and active eq true", "sqlite_autoindex_users_1 (organization_id=? AND id=?)")]
    [InlineData("department sw \"La\"", "SEARCH l USING PRIMARY KEY (organization_id=? AND attribute=? AND value_key>? AND value_key<?)")]
    public void What_an_organization_marks_is_served_by_an_index(string filter, string expected)
    {
        var table = UserTable.Of(new ScimSlice.Infrastructure.Organizations.OrganizationSettings { Indexed = ["title", $"{SchemaRegistry.EnterpriseUserUrn}:department"] });
        var parameters = new SqlParameters().With("organizationId", "o");
        var condition = new FilterToSql(SchemaRegistry.BuiltIn.User, table, new SqliteDialect(), parameters).Compile(Population.Parse(filter));

        using var file = population.Host.OpenDatabase();
        var plan = file.Query<(long, long, long, string Detail)>(
            $"explain query plan select {ServedUser.Columns} from users u where u.organization_id = @organizationId and {condition} order by u.id limit 100", parameters);

        plan.Select(step => step.Detail).Should().Contain(detail => detail.EndsWith(expected, StringComparison.Ordinal));
    }

    [OnSqliteTheory]
    [InlineData("userName", "INDEX users_user_name_key (organization_id=? AND ")]
    [InlineData("displayName", "INDEX users_display_name_key (organization_id=? AND ")]
    [InlineData("externalId", "INDEX users_external_id (organization_id=? AND ")]
    [InlineData("id", "INDEX sqlite_autoindex_users_1 (organization_id=? AND ")]
    public void A_page_by_cursor_in_the_order_of_an_index_is_a_range_of_it(string sortBy, string expected)
    {
        var parameters = new SqlParameters().With("organizationId", "o");
        var sort = ScimSlice.Infrastructure.Scim.Protocol.Sort.Of(sortBy, null, SchemaRegistry.BuiltIn.User);
        var part = new SortToSql(sort, UserTable.Filtered, new SqliteDialect())
            .Parts(new ScimSlice.Infrastructure.Scim.Protocol.Cursor(sortBy == "id" ? null : "k", "i", Backward: false, 9), backward: false, parameters)[0];

        using var file = population.Host.OpenDatabase();
        var plan = file.Query<(long, long, long, string Detail)>(
            $"explain query plan select u.id from users u where u.organization_id = @organizationId and {part.Condition} order by {part.Order} limit 101", parameters).Select(step => step.Detail).ToArray();

        plan.Should().Contain(detail => detail.Contains(expected, StringComparison.Ordinal) && detail.Contains('>'));
        plan.Should().NotContain(detail => detail.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    /// <summary>Fifteen users in one organization, with neighbours in another.</summary>
    public sealed class Population : IAsyncLifetime
    {
        private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

        private static readonly (string UserName, string Members)[] People =
        [
            ("bjensen", "\"externalId\":\"ABC\",\"title\":\"Lead\",\"userType\":\"Employee\",\"displayName\":\"Straße\",\"role\":\"owner\",\"name\":{\"givenName\":\"Barbara\",\"familyName\":\"Jensen\"},\"emails\":[{\"value\":\"b@x.com\",\"type\":\"work\",\"primary\":true},{\"value\":\"b@home\",\"type\":\"home\"}]"),
            ("mary", "\"externalId\":\"abc\",\"active\":false,\"displayName\":\"Élise\",\"name\":{\"familyName\":\"O'Malley\"},\"emails\":[{\"value\":\"m@X.com\",\"type\":\"work\"}]"),
            ("jo", "\"nickName\":\"Jo\",\"displayName\":\"100%\",\"title\":\"lead\",\"E\":{\"department\":\"Labs\",\"employeeNumber\":\"17\",\"manager\":{\"value\":\"m1\"}}"),
            ("Jürgen", "\"displayName\":\"a_\",\"title\":\"Head\",\"name\":{\"givenName\":\"Jürgen\"}"),
            ("none", ""),
            ("x@y", "\"emails\":[{\"type\":\"work\"},{\"display\":\"only\"}],\"externalId\":\"e-3\",\"role\":\"guest\""),
            ("emoji", "\"displayName\":\"😀 smile\",\"title\":\"\\uFFFD\""),
            ("high", "\"displayName\":\"\\uFFFF last of the plane\",\"userType\":\"Employee\",\"title\":\"Über\""),
            ("quote\\\"d", "\"displayName\":\"a'b\\\"c\\\\d\",\"title\":\"O'Malley\""),
            ("mobile", "\"phoneNumbers\":[{\"value\":\"+49 1\",\"type\":\"mobile\",\"primary\":false},{\"value\":\"0 2\"}]"),
            ("housed", "\"addresses\":[{\"country\":\"US\",\"locality\":\"Xenia\",\"formatted\":\"x\"},{\"country\":\"FR\"}],\"role\":\"Owner\",\"active\":false"),
            ("certified", "\"x509Certificates\":[{\"value\":\"MA==\"},{\"value\":\"MQ==\",\"type\":\"a\"}],\"profileUrl\":\"http://x/\""),
            ("staff", "\"E\":{\"department\":\"labs\",\"costCenter\":\"1\",\"employeeNumber\":\"9\"},\"externalId\":\"x\""),
            ("bjense", "\"emails\":[{\"value\":\"c@home\",\"type\":\"WORK\",\"display\":\"C\",\"primary\":false}],\"displayName\":\"strasse\""),
            ("zoë", "\"name\":{\"formatted\":\"Zoë O\\u0308\",\"givenName\":\"Zoë\",\"familyName\":\"Öz\"},\"title\":\"Lead \""),
        ];

        /// <summary>Users of a strict organization, which stores empty text as it is.</summary>
        private static readonly (string UserName, string Members)[] Blanks =
        [
            ("blank", "\"title\":\"\",\"displayName\":\"\",\"externalId\":\"\",\"name\":{\"familyName\":\"\"},\"emails\":[{\"value\":\"\"}],\"E\":{\"department\":\"\"}"),
            ("half", "\"name\":{\"familyName\":\"\",\"givenName\":\"x\"},\"emails\":[{\"value\":\"\",\"type\":\"work\"},{\"value\":\"\"}],\"E\":{\"manager\":{\"value\":\"\"}}"),
        ];

        private readonly List<(string Id, AttributeValue.Complex Resource)> users = [];
        private ScimClient? client;

        public ScimHost Host { get; } = new();

        public async Task InitializeAsync()
        {
            await Host.InitializeAsync();
            client = await Host.CreateOrganizationAsync();
            var neighbour = await Host.CreateOrganizationAsync();
            await Host.ChangeRulesAsync(client, strict: true);
            var strict = await Host.CreateTokenAsync(client.Organization);
            foreach (var (userName, members) in Blanks)
            {
                users.Add(Read(await strict.CreateUserAsync(userName, members.Replace("\"E\"", $"\"{Enterprise}\"", StringComparison.Ordinal))));
            }

            await Host.ChangeRulesAsync(client, strict: false);
            client = await Host.CreateTokenAsync(client.Organization);
            foreach (var (userName, members) in People)
            {
                var spelled = members.Replace("\"E\"", $"\"{Enterprise}\"", StringComparison.Ordinal);
                var created = await client.CreateUserAsync(userName, spelled);
                await neighbour.CreateUserAsync(userName, spelled);
                Host.Clock.Advance(TimeSpan.FromMilliseconds(7));
                if (users.Count % 4 == 0)
                {
                    created = await client.PatchAsync($"/Users/{created.Id}", """{"op":"add","path":"preferredLanguage","value":"de"}""");
                }

                users.Add(Read(created));
            }
        }

        public Task DisposeAsync() => Host.DisposeAsync();

        /// <summary>The list over HTTP holds the users that match in memory, in their order, and counts them.</summary>
        public async Task ShouldAgreeAsync(string filter)
        {
            var spelled = filter.Replace("FIRST", ((AttributeValue.Text)((AttributeValue.Complex)users[0].Resource["meta"]!)["lastModified"]!).Value, StringComparison.Ordinal);
            var expected = users.Where(user => FilterMatch.Matches(Parse(spelled), SchemaRegistry.BuiltIn.User, user.Resource)).Select(user => user.Id).ToArray();

            var answer = await client!.PostAsync("/Users/.search", $$"""
                {"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{JsonValue.Create(spelled).ToJsonString()}}}
                """);

            answer.Status.Should().Be(200, $"{spelled}: {answer.Text}");
            answer.Resources.Select(resource => resource!["id"]!.GetValue<string>()).Should().Equal(expected, $"{spelled} selects them in memory");
            answer.TotalResults.Should().Be(expected.Length);
        }

        public static Filter Parse(string filter)
        {
            var quirks = new QuirkUse(strict: false);
            var type = SchemaRegistry.BuiltIn.User;
            return FilterRules.Check(FilterParser.Parse(filter, type, quirks), type, quirks);
        }

        /// <summary>The resource with all its members, as it was on the wire.</summary>
        private static (string Id, AttributeValue.Complex Resource) Read(ScimAnswer answer) =>
            (answer.Id, (AttributeValue.Complex)Read(answer.Body));

        private static AttributeValue Read(JsonNode json) => json switch
        {
            JsonObject members => new AttributeValue.Complex([.. members.Select(member => KeyValuePair.Create(member.Key, Read(member.Value!)))]),
            JsonArray elements => new AttributeValue.Multi([.. elements.Select(element => Read(element!))]),
            _ when json.GetValueKind() == JsonValueKind.String => new AttributeValue.Text(json.GetValue<string>()),
            _ => new AttributeValue.Boolean(json.GetValue<bool>()),
        };
    }
}
