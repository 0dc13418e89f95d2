using System.Text.Json.Nodes;
using CsCheck;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using Xunit;

namespace ScimSlice.Tests.Scim.Patching;

public sealed class PatchPropertyTests
{
    private static readonly string[] Targets =
    [
        "userName", "title", "active", "name", "name.givenName", "emails", "emails.type", "emails.primary", "emails.value", "addresses",
        "addresses.locality", "roles", "x509Certificates", "x509Certificates.value", "role", "password", "id", "groups", "meta", "schemas", "externalId",
        "department", "manager", "manager.value",
        Sample.Enterprise, $"{Sample.Enterprise}:department", $"{Sample.Core}:emails", Sample.Core, "shoeSize", "",
    ];

    private static readonly string[] Filters =
    [
        "type eq \"work\"", "type eq \"other\"", "type ne \"work\"", "value pr", "primary eq true", "primary eq \"False\"", "not (type pr)",
        "value co \"b\"", "type eq null", "type eq \"home\" and primary eq true", "type eq \"home\" or primary eq false", "value eq \"x\"", "shoeSize eq 1", "type eq", "value gt 5",
    ];

    private static readonly Gen<string> Actions = Gen.OneOf("add", "replace", "remove");

    private static readonly Gen<string> Path = Gen.OneOf(
        Gen.OneOf(Targets),
        Gen.OneOf(Targets),
        ValuePath(Gen.OneOf(Targets), Gen.OneOf("", ".value", ".type", ".primary", ".locality", ".shoeSize")),
        ValuePath(Gen.OneOf("emails", "addresses", "roles"), Gen.OneOf("", ".value", ".type", ".primary")),
        AnyJson.Name);

    private static readonly Gen<JsonNode?> Value = Gen.OneOf(
        AnyJson.Value(2),
        Email().Select(email => (JsonNode?)email),
        Email().Array[0, 4].Select(emails => (JsonNode?)new JsonArray([.. emails.Select(email => email.DeepClone())])),
        AnyJson.Object(4).Select(json => (JsonNode?)json));

    private static readonly Gen<JsonObject> Operation = Gen.Select(Actions, Path, Gen.Int[0, 5], Value, (op, path, shape, value) =>
    {
        var operation = new JsonObject { ["op"] = op };
        if (shape > 0 || op == "remove")
        {
            operation["path"] = path;
        }

        if (op != "remove" || shape == 1)
        {
            operation["value"] = value?.DeepClone();
        }

        return operation;
    });

    private static readonly Gen<ResourceDocument> Document = Gen.Select(Email().Array[0, 4], AnyJson.Object(2), (emails, others) =>
    {
        foreach (var second in emails.Where(email => email.ContainsKey("primary")).Skip(1))
        {
            second.Remove("primary");
        }

        var json = new JsonObject
        {
            ["schemas"] = new JsonArray(Sample.Core),
            ["userName"] = "bjensen",
            ["name"] = new JsonObject { ["givenName"] = "Barbara" },
            ["emails"] = new JsonArray([.. emails.Select(email => email.DeepClone())]),
            [Sample.Enterprise] = new JsonObject { ["department"] = "Tours" },
        };
        foreach (var (name, value) in others.Where(member => !json.Any(known => known.Key.Equals(member.Key, StringComparison.OrdinalIgnoreCase))))
        {
            json.TryAdd(name, value?.DeepClone());
        }

        ResourceDocument? document = null;
        return Refusal.Of(() => document = Sample.Read(Sample.User, json.ToJsonString())) is null ? document! : Sample.ReadUser();
    });

    [Fact]
    public void A_patched_document_is_valid_and_the_original_is_as_it_was() =>
        Gen.Select(Document, Operation.Array[1, 4], Gen.Bool).Sample((before, operations, strict) =>
        {
            var written = Sample.Written(before);

            try
            {
                var after = Patch.Apply(before, Text(operations), strict);
                Sample.Read(Sample.User, Sample.Written(after), strict: true).Should().Be(after);
            }
            catch (ScimException refused)
            {
                refused.Status.Should().Be(400);
                refused.ScimType.Should().BeOneOf("invalidSyntax", "invalidValue", "invalidPath", "invalidFilter", "noTarget", "mutability");
            }

            Sample.Written(before).Should().Be(written);
        }, iter: 20_000);

    [Fact]
    public void An_operation_without_a_filter_done_twice_is_done_once() =>
        Gen.Select(Document, Operation, Gen.Bool).Where((_, operation, _) => !HasFilter(operation)).Sample((before, operation, strict) =>
        {
            ResourceDocument? once = null;
            if (Refusal.Of(() => once = Patch.Apply(before, Text([operation]), strict)) is not null)
            {
                return;
            }

            // Unassigning a sub-attribute may have left no element whose sub-attribute could be set again.
            ResourceDocument? twice = null;
            var refused = Refusal.Of(() => twice = Patch.Apply(once!, Text([operation]), strict));

            (refused?.ScimType ?? "noTarget").Should().Be("noTarget");
            (twice ?? once).Should().Be(once);
        }, iter: 10_000);

    [Fact]
    public void Any_JSON_for_operations_is_applied_or_refused() => Gen.Select(AnyJson.Value(4), Gen.Bool).Sample((operations, strict) =>
        Refusal.Told(() => Patch.Apply(Sample.ReadUser(), AnyJson.Text(operations), strict)), iter: 10_000);

    [Fact]
    public void What_strict_mode_takes_lenient_mode_understands_in_the_same_way_where_no_deviation_was_used() =>
        Gen.Select(Document, Operation.Array[1, 3]).Sample((before, operations) =>
        {
            var lenient = new QuirkUse(strict: false);
            ResourceDocument? after = null;
            if (Refusal.Of(() => after = Patch.Apply(before, Text(operations), lenient)) is null && lenient.Used.Count == 0)
            {
                Patch.Apply(before, Text(operations), strict: true).Should().Be(after);
            }
        }, iter: 10_000);

    [Fact]
    public void Any_JSON_for_a_user_is_read_or_refused_and_what_is_read_is_valid() => Gen.Select(AnyJson.Object(4), Gen.Bool).Sample((json, strict) =>
    {
        json["schemas"] = new JsonArray(Sample.Core);
        json["userName"] = "bjensen";
        ResourceDocument? read = null;
        var quirks = new QuirkUse(strict);
        if (Refusal.Of(() => read = new ResourceReader(Sample.User, quirks).Read(Sample.Json(json.ToJsonString()))) is null)
        {
            // A reference that is no URI is kept as it came, the one deviation that remains in what is stored.
            Sample.Read(Sample.User, Sample.Written(read!), strict: !quirks.Used.Contains(Quirk.ReferenceAsSent)).Should().Be(read);
        }
    }, iter: 10_000);

    [Theory]
    [InlineData(1000, "accepted")]
    [InlineData(1001, "400 invalidValue")]
    public void An_attribute_has_a_thousand_values_at_most(int values, string expected)
    {
        var emails = Enumerable.Range(0, values).Select(number => $$"""{"value": "{{number}}@x.example", "type": "work"}""").ToArray();
        var operations = emails.Chunk(250).Select(part => $$"""{"op": "add", "path": "emails", "value": [{{string.Join(',', part)}}]}""");

        Refusal.Told(() => Patch.Apply(Sample.ReadUser(), $"[{string.Join(',', operations)}]")).Should().Be(expected);
        Refusal.Told(() => Sample.ReadUser($"\"emails\": [{string.Join(',', emails)}]")).Should().Be(expected);
    }

    [Fact]
    public void One_long_text_on_every_value_is_refused_before_it_is_stored()
    {
        var emails = string.Join(',', Enumerable.Range(0, 1000).Select(number => $$"""{"value": "{{number}}@x.example", "type": "work"}"""));
        var document = Sample.ReadUser($"\"emails\": [{emails}]");

        Refusal.Told(() => Patch.Apply(document, $$"""[{"op": "replace", "path": "emails.display", "value": "{{new string('x', 60_000)}}"}]""")).Should().Be("413 ");
    }

    [Theory]
    [InlineData(2_000, "accepted")]
    [InlineData(2_001, "413 ")]
    public void Two_thousand_operations_are_applied(int operations, string expected)
    {
        var text = $"[{string.Join(',', Enumerable.Range(0, operations).Select(number => $$"""{"op": "add", "path": "roles", "value": [{"value": "{{number % 400}}"}]}"""))}]";

        Refusal.Told(() => Patch.Apply(Sample.ReadUser(), text)).Should().Be(expected);
    }

    [Fact]
    public void A_path_less_operation_counts_by_its_attributes()
    {
        var text = $"[{string.Join(',', Enumerable.Repeat("""{"op": "add", "value": {"title": "a", "nickName": "b", "shoeSize": 1}}""", 1_001))}]";

        Refusal.Told(() => Patch.Apply(Sample.ReadUser(), text)).Should().Be("413 ");
    }

    private static bool HasFilter(JsonObject operation) =>
        (operation["path"]?.ToString().Contains('[') ?? false) || AnyJson.Text(operation["value"]).Contains("emails[", StringComparison.Ordinal);

    private static string Text(JsonObject[] operations) => new JsonArray([.. operations.Select(operation => operation.DeepClone())]).ToJsonString();

    private static Gen<string> ValuePath(Gen<string> target, Gen<string> rest) =>
        Gen.Select(target, Gen.OneOf(Filters), rest, (attribute, filter, behind) => $"{attribute}[{filter}]{behind}");

    private static Gen<JsonObject> Email() => Gen.Select(
        Gen.OneOf("a", "A", "b", ""),
        Gen.OneOf("work", "home", "other", ""),
        Gen.Int[0, 3],
        ReadEmail);

    private static JsonObject ReadEmail(string value, string type, int primary)
    {
        var email = new JsonObject();
        if (value.Length > 0)
        {
            email["value"] = value;
        }

        if (type.Length > 0)
        {
            email["type"] = type;
        }

        if (primary > 1)
        {
            email["primary"] = primary == 2;
        }

        return email;
    }
}
