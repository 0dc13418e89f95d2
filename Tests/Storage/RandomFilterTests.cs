using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Dapper;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>Random users with values of every type, and thousands of random filters over them: SQL and the in-memory match agree.</summary>
public sealed class RandomFilterTests(RandomFilterTests.Crowd crowd) : IClassFixture<RandomFilterTests.Crowd>
{
    private const string Badge = "urn:example:schemas:badge:1.0:User";

    /// <summary>Few values, so that they meet often: in case, composition and width variants, with what SQL and JSON give a meaning, at the edges of the planes.</summary>
    private static readonly string[] Texts =
    [
        "a", "A", "ab", "aB", "b", "Straße", "STRASSE", "é", "e\u0301", "É", "%", "_", "a%b", "'", "\\", "\"", "\ud83d\ude00", "\uffff", "\ufb01", "fi", " ", "true", "1", "10", "9",
        "work", "Work", "home", "İ", "i̇", "ǅ", "$.a", "[0]",
    ];

    private static readonly decimal[] Numbers = [0, 1, -1, 1.5m, 10, 9, -10, 0.0000000000000000000000000001m, 79228162514264337593543950335m, 1.0m];

    private static readonly string[] Dates =
        ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2025-12-31T23:59:59.9999999Z", "2026-06-01T00:00:00-08:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];

    private static readonly ComparisonOperator[] Operators = Enum.GetValues<ComparisonOperator>();

    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.OneOf(Texts), Gen.Select(Gen.OneOf(Texts), Gen.OneOf(Texts), string.Concat), Gen.Const(""));

    [Fact]
    public void Random_filters_over_random_users_select_in_SQL_what_they_match_in_memory()
    {
        var matched = 0;
        Tree(3).Sample(
            filter =>
            {
                var expected = crowd.Users.Where(user => FilterMatch.Matches(filter, crowd.Type, user.Resource)).Select(user => user.Id).ToArray();
                crowd.Select(filter).Should().Equal(expected, filter.ToString());
                Interlocked.Add(ref matched, expected.Length is > 0 and < Crowd.Count ? 1 : 0);
            },
            iter: 3_000,
            threads: 1);

        matched.Should().BeGreaterThan(500, "many filters part the users");
    }

    [Fact]
    public void Random_orders_page_by_page_are_what_sorting_in_memory_gives() =>
        Gen.Select(Gen.OneOf(crowd.Attributes), Gen.Bool, Gen.Int[1, 40], Gen.Bool, Simple())
            .Where((attribute, _, _, _, _) => crowd.SortOf(attribute.Path, descending: false) is not null)
            .Sample(
                (attribute, descending, count, filters, filter) =>
                {
                    var sort = crowd.SortOf(attribute.Path, descending)!;
                    var expected = crowd.Sorted(sort, filters ? filter : null);
                    var query = $"count={count}&sortBy={Uri.EscapeDataString(attribute.Path.ToString())}&sortOrder={(descending ? "descending" : "ascending")}"
                        + (filters ? $"&filter={Uri.EscapeDataString(filter.ToString()!)}" : "");
                    crowd.Pages(query).Should().Equal(expected, query);
                    crowd.IndexPage(query, 1 + (count / 3)).Should().Equal(expected.Skip(count / 3).Take(count), query);
                },
                iter: 500,
                threads: 1);

    private Gen<Filter> Tree(int depth)
    {
        var leaf = Gen.OneOf(Simple(), Simple(), Simple(), ValuePath());
        return depth == 0 ? leaf : Gen.OneOf(
            leaf,
            leaf,
            Gen.Select(Tree(depth - 1), Tree(depth - 1), (left, right) => (Filter)new Filter.And(left, right)),
            Gen.Select(Tree(depth - 1), Tree(depth - 1), (left, right) => (Filter)new Filter.Or(left, right)),
            Tree(depth - 1).Select(inner => (Filter)new Filter.Not(inner)));
    }

    /// <summary>A term over any attribute, as far as the rules let it be.</summary>
    private Gen<Filter> Simple() => Gen.OneOf(crowd.Attributes).SelectMany(attribute => Term(attribute.Path, attribute.Definition, inner: false))
        .Where(filter => IsAllowed(() => FilterRules.Check(filter, crowd.Type, crowd.Quirks)))
        .Select(filter => FilterRules.Check(filter, crowd.Type, crowd.Quirks));

    private Gen<Filter> ValuePath() => Gen.OneOf(crowd.Complex).SelectMany(complex => Inner(complex.Definition, 2).Select(inner => (Filter)new Filter.ValuePath(complex.Path, inner)))
        .Where(filter => IsAllowed(() => FilterRules.Check(filter, crowd.Type, crowd.Quirks)))
        .Select(filter => FilterRules.Check(filter, crowd.Type, crowd.Quirks));

    private static Gen<Filter> Inner(AttributeDefinition attribute, int depth)
    {
        var leaf = attribute.IsComplex
            ? Gen.OneOf(attribute.SubAttributes.ToArray()).SelectMany(sub => Term(new AttributePath(null, sub.Name, null), sub, inner: true))
            : Term(new AttributePath(null, "value", null), attribute, inner: true);
        return depth == 0 ? leaf : Gen.OneOf(
            leaf,
            leaf,
            Gen.Select(Inner(attribute, depth - 1), Inner(attribute, depth - 1), (left, right) => (Filter)new Filter.And(left, right)),
            Gen.Select(Inner(attribute, depth - 1), Inner(attribute, depth - 1), (left, right) => (Filter)new Filter.Or(left, right)),
            Inner(attribute, depth - 1).Select(filter => (Filter)new Filter.Not(filter)));
    }

    private static Gen<Filter> Term(AttributePath path, AttributeDefinition attribute, bool inner)
    {
        Gen<FilterLiteral> literal = attribute.Type switch
        {
            AttributeType.Boolean => Gen.Bool.Select(value => (FilterLiteral)new FilterLiteral.Boolean(value)),
            AttributeType.Integer or AttributeType.Decimal => Gen.OneOf(Numbers).Select(value => (FilterLiteral)new FilterLiteral.Number(value)),
            AttributeType.DateTime => Gen.OneOf(Dates).Select(value => (FilterLiteral)new FilterLiteral.Text(value)),
            _ => AnyText.Select(value => (FilterLiteral)new FilterLiteral.Text(value)),
        };
        var comparison = Gen.Select(Gen.OneOf(Operators), Gen.Int[0, 9], literal, (op, isNull, value) => isNull == 0
            ? (Filter)new Filter.Comparison(path, op is ComparisonOperator.Eq ? op : ComparisonOperator.Ne, new FilterLiteral.Null())
            : new Filter.Comparison(path, op, value));
        return inner && attribute.IsComplex ? Gen.Const((Filter)new Filter.Presence(path)) : Gen.OneOf(comparison, comparison, comparison, Gen.Const((Filter)new Filter.Presence(path)));
    }

    private static bool IsAllowed(Func<Filter> check)
    {
        try
        {
            check();
            return true;
        }
        catch (ScimException)
        {
            return false;
        }
    }

    /// <summary>Users of one organization, which has marked some attributes, made anew for each run.</summary>
    public sealed class Crowd : IAsyncLifetime
    {
        public const int Count = 60;

        private readonly List<(string Id, AttributeValue.Complex Resource)> users = [];
        private ScimClient? client;
        private string organizationId = "";
        private string location = "";

        public Crowd() => Host = new ScimHost { Settings = ["--ScimSlice:Schemas:Folder", Folder] };

        public string Folder { get; } = Directory.CreateTempSubdirectory("scimslice-schemas-").FullName;

        public ScimHost Host { get; }

        public IReadOnlyList<(string Id, AttributeValue.Complex Resource)> Users => users;

        public ResourceType Type { get; private set; } = SchemaRegistry.BuiltIn.User;

        public QuirkUse Quirks { get; } = new(strict: true);

        public OrganizationSettings Settings { get; private set; } = OrganizationSettings.Shipped;

        /// <summary>Every attribute and sub-attribute that a filter can name.</summary>
        public (AttributePath Path, AttributeDefinition Definition)[] Attributes { get; private set; } = [];

        /// <summary>Those that take brackets.</summary>
        public (AttributePath Path, AttributeDefinition Definition)[] Complex { get; private set; } = [];

        public async Task InitializeAsync()
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, "badge.json"), $$"""
                {
                  "id": "{{Badge}}", "name": "Badge",
                  "attributes": [
                    { "name": "number", "type": "integer" }, { "name": "weight", "type": "decimal" }, { "name": "issuedAt", "type": "dateTime" },
                    { "name": "exact", "caseExact": true }, { "name": "link", "type": "reference", "referenceTypes": ["external"] }, { "name": "photo", "type": "binary" }, { "name": "lost", "type": "boolean" },
                    { "name": "tags", "multiValued": true }, { "name": "counts", "type": "integer", "multiValued": true },
                    { "name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                        { "name": "value" }, { "name": "type", "caseExact": true }, { "name": "until", "type": "dateTime" }, { "name": "floor", "type": "integer" }, { "name": "primary", "type": "boolean" } ] },
                    { "name": "holder", "type": "complex", "subAttributes": [ { "name": "note" }, { "name": "since", "type": "dateTime" }, { "name": "size", "type": "decimal" } ] }
                  ]
                }
                """);
            await Host.InitializeAsync();
            client = await Host.CreateOrganizationAsync();
            await Host.SendAsync(new ChangeOrganization.Command(client.Organization, Strict: true));
            await Host.SendAsync(new IndexAttributes.Command(client.Organization, Marked));
            await Host.SendAsync(new ChangeOrganization.Command(client.Organization, Indexed: [.. (await Host.SendAsync(new IndexAttributes.Command(client.Organization, Marked))).Attributes]));
            client = await Host.CreateTokenAsync(client.Organization);
            location = $"{client.BaseUrl}/Users/";
            var grant = await Host.GrantOfAsync(client);
            (organizationId, Settings, Type) = (grant.OrganizationId, grant.Settings, grant.Schemas.User);
            Attributes = [.. Named().Where(named => named.Definition.Name != "password")];
            Complex = [.. Attributes.Where(named => named.Path.SubAttribute is null && (named.Definition.IsComplex || named.Definition.MultiValued))];
            foreach (var json in Person.Array[Count].Single())
            {
                var created = await client.PostAsync("/Users", json.Replace("NAME", $"{users.Count}", StringComparison.Ordinal));
                created.Status.Should().Be(201, created.Text);
                users.Add((created.Id, (AttributeValue.Complex)Read(created.Body)));
                await (await Neighbour()).PostAsync("/Users", json.Replace("NAME", $"{users.Count}", StringComparison.Ordinal));
            }
        }

        public async Task DisposeAsync()
        {
            await Host.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }

        /// <summary>The ids of the users that the filter's SQL selects, in their order.</summary>
        public string[] Select(Filter filter)
        {
            var database = (IDatabase)Host.Services.GetService(typeof(IDatabase))!;
            using var session = new StorageSession(database);
            var parameters = new SqlParameters().With("organizationId", organizationId);
            var condition = new FilterToSql(Type, UserTable.Of(Settings), database.Dialect, parameters).Compile(filter);
            UserTable.AddUrls(condition, parameters, new PublicUrls(location[..^"/Users/".Length]));
            return [.. session.Connection.Query<string>($"select u.id from users u where u.organization_id = @organizationId and {condition} order by u.id", parameters)];
        }

        /// <summary>The order by an attribute; null where there is none.</summary>
        public Sort? SortOf(AttributePath path, bool descending)
        {
            try
            {
                return Sort.Of(path.ToString(), descending ? "descending" : "ascending", Type);
            }
            catch (ScimException)
            {
                return null;
            }
        }

        /// <summary>The ids of those who match, in an order, as the definition has it: by key, by id, those without a value last.</summary>
        public string[] Sorted(Sort sort, Filter? filter)
        {
            var keyed = users.Where(user => filter is null || FilterMatch.Matches(filter, Type, user.Resource)).Select(user => (user.Id, Key: Key(user.Resource, sort.By))).ToArray();
            Array.Sort(keyed, (left, right) => (left.Key, right.Key) switch
            {
                (null, not null) => 1,
                (not null, null) => -1,
                _ => Compare(left.Key, right.Key) is var order && order != 0 ? order : string.CompareOrdinal(left.Id, right.Id),
            });
            var ids = keyed.Select(user => user.Id);
            return [.. sort.Descending ? ids.Reverse() : ids];
        }

        /// <summary>The ids on all pages, by cursor.</summary>
        public string[] Pages(string query)
        {
            var ids = new List<string>();
            for (var cursor = ""; cursor is not null;)
            {
                var page = client!.GetAsync($"/Users?cursor={cursor}&{query}").GetAwaiter().GetResult();
                page.Status.Should().Be(200, $"{query}: {page.Text}");
                ids.AddRange(page.Resources.Select(user => user!["id"]!.GetValue<string>()));
                cursor = page.Body["nextCursor"]?.GetValue<string>();
            }

            return [.. ids];
        }

        public string[] IndexPage(string query, int start)
        {
            var page = client!.GetAsync($"/Users?startIndex={start}&{query}").GetAwaiter().GetResult();
            page.Status.Should().Be(200, $"{query}: {page.Text}");
            return [.. page.Resources.Select(user => user!["id"]!.GetValue<string>())];
        }

        private static int Compare(string? left, string? right) =>
            System.Text.Encoding.UTF8.GetBytes(left ?? "").AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right ?? ""));

        /// <summary>RFC 7644 §3.4.2.3: the value; of several the primary one, else the first.</summary>
        private static string? Key(AttributeValue.Complex resource, ResolvedAttribute by)
        {
            var container = by.Extension is null ? resource : resource[by.Extension] as AttributeValue.Complex;
            var value = container?[by.Attribute!.Name];
            if (value is AttributeValue.Multi multi)
            {
                value = multi.Elements.FirstOrDefault(element => element is AttributeValue.Complex complex
                    && complex["primary"] is AttributeValue.Boolean { Value: true } && complex[by.SubAttribute!.Name] is not null) ?? multi.Elements[0];
            }

            if (by.SubAttribute is not null)
            {
                value = (value as AttributeValue.Complex)?[by.SubAttribute.Name];
            }

            return value is null ? null : ComparisonKey.Of(by.Target, value);
        }

        private static string[] Marked => ["title", "phoneNumbers.value", $"{Badge}:tags", $"{Badge}:holder.note", $"{Badge}:exact"];

        private ScimClient? neighbour;

        private async Task<ScimClient> Neighbour() => neighbour ??= await Host.CreateOrganizationAsync();

        private IEnumerable<(AttributePath Path, AttributeDefinition Definition)> Named()
        {
            foreach (var (urn, attributes) in Type.Extensions.Select(extension => ((string?)extension.Schema.Id, extension.Schema.Attributes))
                .Prepend((null, [.. Type.Schema.Attributes, .. CommonAttributes.All])))
            {
                foreach (var attribute in attributes)
                {
                    yield return (new AttributePath(urn, attribute.Name, null), attribute);
                    foreach (var sub in attribute.SubAttributes)
                    {
                        yield return (new AttributePath(urn, attribute.Name, sub.Name), sub);
                    }
                }
            }
        }

        /// <summary>The JSON of a user; each attribute is there or not.</summary>
        private static Gen<string> Person => Gen.Select(
            Members(
                ("externalId", Text), ("displayName", Text), ("title", Text), ("nickName", Text), ("userType", Text), ("locale", Text), ("active", Bool), ("role", Gen.OneOf("\"owner\"", "\"Guest\"", "\"member\"")),
                ("profileUrl", Link), ("name", Object(("familyName", Text), ("givenName", Text), ("formatted", Text))),
                ("emails", List(Object(("value", Text), ("type", Text), ("display", Text)))), ("phoneNumbers", Numbered),
                ("x509Certificates", List(Object(("value", Gen.OneOf("\"MA==\"", "\"MQ==\"")), ("type", Text))))),
            Members(("employeeNumber", Text), ("department", Text), ("manager", Object(("value", Text)))),
            Members(
                ("number", Gen.OneOf("0", "1", "-1", "10", "9", "-10")), ("weight", Number), ("issuedAt", Date), ("exact", Text), ("link", Link), ("photo", Gen.OneOf("\"MA==\"", "\"MQ==\"")), ("lost", Bool),
                ("tags", List(Text)), ("counts", List(Gen.OneOf("0", "1", "10", "9"))),
                ("doors", List(Object(("value", Text), ("type", Text), ("until", Date), ("floor", Gen.OneOf("0", "2", "10"))))),
                ("holder", Object(("note", Text), ("since", Date), ("size", Number)))),
            (core, enterprise, badge) => $$"""
                {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{{SchemaRegistry.EnterpriseUserUrn}}","{{Badge}}"],"userName":"u-NAME@x"{{(core.Length > 0 ? "," : "")}}{{core}},
                "{{SchemaRegistry.EnterpriseUserUrn}}":{ {{enterprise}} },"{{Badge}}":{ {{badge}} } }
                """);

        private static Gen<string> Link => Gen.OneOf("\"http://x/a\"", "\"HTTP://x/A\"", "\"urn:a:b\"", "\"a\"", "\"A\"", "\"b\"");

        /// <summary>Some values, of which the last may be the primary one.</summary>
        private static Gen<string> Numbered => Gen.Select(
            Object(("value", Text), ("type", Text), ("primary", Gen.Const("false"))).Array[0, 2],
            Object(("value", Text), ("type", Text), ("primary", Bool)),
            (others, last) => $"[{string.Join(',', others.Append(last))}]");

        private static Gen<string> Text => AnyText.Where(text => !string.IsNullOrWhiteSpace(text)).Select(text => JsonSerializer.Serialize(text));

        private static Gen<string> Bool => Gen.OneOf("true", "false");

        private static Gen<string> Date => Gen.OneOf(Dates).Select(date => $"\"{date}\"");

        private static Gen<string> Number => Gen.OneOf(Numbers).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture));

        private static Gen<string> List(Gen<string> element) => element.Array[1, 3].Select(elements => $"[{string.Join(',', elements)}]");

        private static Gen<string> Object(params (string Name, Gen<string> Value)[] members) => Members(members).Select(text => $"{{{text}}}");

        private static Gen<string> Members(params (string Name, Gen<string> Value)[] members) => members
            .Select(member => Gen.Select(Gen.Bool, member.Value, (there, value) => there ? $"\"{member.Name}\":{value}" : ""))
            .Aggregate(Gen.Const(""), (all, next) => Gen.Select(all, next, (left, right) => left.Length == 0 ? right : right.Length == 0 ? left : $"{left},{right}"));

        private static AttributeValue Read(JsonNode json) => json switch
        {
            JsonObject members => new AttributeValue.Complex([.. members.Select(member => KeyValuePair.Create(member.Key, Read(member.Value!)))]),
            JsonArray elements => new AttributeValue.Multi([.. elements.Select(element => Read(element!))]),
            _ when json.GetValueKind() == JsonValueKind.String => new AttributeValue.Text(json.GetValue<string>()),
            _ when json.GetValueKind() == JsonValueKind.Number => new AttributeValue.Number(json.GetValue<decimal>()),
            _ => new AttributeValue.Boolean(json.GetValue<bool>()),
        };
    }
}
