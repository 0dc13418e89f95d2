using System.Text;

namespace ScimSlice.Tests.Fuzz;

/// <summary>
/// Makes requests from one seed, always the same from the same. Most are near to what is valid, so that they get far: made by the
/// grammar, and then some of them damaged at a few places.
/// </summary>
/// <param name="random">What decides; made from the seed.</param>
/// <param name="users">Ids of the organization's own users.</param>
/// <param name="groups">Ids of its groups.</param>
/// <param name="foreign">Ids of other organizations, and of nobody.</param>
/// <param name="cursors">Cursors of the organization's own lists and of those of others.</param>
internal sealed class OddRequests(Random random, IReadOnlyList<string> users, IReadOnlyList<string> groups, IReadOnlyList<string> foreign, IReadOnlyList<string> cursors)
{
    private const int MaxDepth = 4;

    private static readonly string[] Attributes =
    [
        "userName", "USERNAME", "id", "externalId", "displayName", "title", "active", "role", "name", "name.givenName", "emails", "emails.value", "emails.type",
        "emails.primary", "addresses.locality", "groups", "groups.value", "members", "members.value", "members.type", "members.$ref", "manager.value", "password",
        "meta.created", "meta.lastModified", "meta.version", "meta.resourceType", "schemas", "x509Certificates.value", "shoeSize", "$ref", "", ".", "name.", "a.b.c",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName", "urn:ietf:params:scim:schemas:core:2.0:Group:members.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:User", "urn:x:y",
    ];

    private static readonly string[] Operators = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ", "pr", "is", "=", ""];

    private static readonly string[] Texts =
    [
        "", "x", "ana", "work", "home", "true", "False", "owner", "guest", "User", "Group", "a@b.example", "2026-11-23T10:00:00Z", "9999-12-31T23:59:60+14:00",
        "0001-01-01T00:00:00-14:00", "AQID", "😀", "\ud800", "\u0000", "\u202e", "İıſK", "e\u0301", "%00", "%", "_", "\\", "'", "\"", "' OR 1=1 --", "../..", "W/\"1\"",
        "bulkId:a", "bulkId:b", "bulkId:", "1e400", "-0", "99999999999999999999", "\r\n", "{}", "[]", "null", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];

    private static readonly string[] Numbers = ["0", "-1", "1", "2", "100", "2147483647", "2147483648", "-9223372036854775808", "99999999999999999999", "1.5", "1e3", "NaN", "0x1", " 1", "+1", ""];

    private static readonly string[] Collections = ["/Users", "/Groups", "", "/Me", "/Bulk", "/.async", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/users", "/Users/", "/Nothing", "/.search", "/Users/.search", "/Groups/.search", "/../Users", "/../Groups", "/../Me", "//Users", "/Users;x=1", "/%2e%2e/Users", "/Users%2f"];

    /// <summary>Attributes of users with a value that is valid.</summary>
    private static readonly (string Path, string Value)[] Valid =
    [
        ("displayName", "\"Ana\""), ("title", "\"Lead\""), ("active", "false"), ("active", "\"True\""), ("role", "\"guest\""), ("role", "\"owner\""), ("name", "{\"givenName\":\"A\"}"),
        ("emails", "[{\"value\":\"a@b.example\",\"type\":\"work\",\"primary\":true}]"), ("phoneNumbers", "[{\"value\":\"1\",\"type\":\"mobile\"},{\"value\":\"2\"}]"),
        ("addresses", "[{\"locality\":\"X\",\"type\":\"home\"}]"), ("locale", "\"en-GB\""), ("password", "\"secret\""), ("externalId", "\"e\""), ("nickName", "null"), ("title", "[]"),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "\"D\""), ("x509Certificates", "[{\"value\":\"AQID\"}]"),
        ("emails[type eq \"work\"].value", "\"c@d.example\""), ("emails[type eq \"work\" and primary eq true]", "{\"display\":\"x\"}"), ("phoneNumbers[value sw \"1\" or not (type pr)]", "{\"type\":\"home\"}"),
        ("members", "[]"), ("displayName", "\"Team\""),
    ];

    private static readonly string[] Methods = ["GET", "GET", "HEAD", "POST", "POST", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND"];

    private static readonly string[] Parameters = ["filter", "Filter", "attributes", "excludedAttributes", "sortBy", "sortOrder", "startIndex", "count", "cursor", "membersCount", "membersAfter", "unknown", "%66ilter", ""];

    public OddRequest Next()
    {
        var (method, path) = Target();
        if (random.Next(3) == 0)
        {
            path += $"?{string.Join('&', Several(3, Parameter))}";
        }

        var body = method.ToUpperInvariant() is "POST" or "PUT" or "PATCH" || random.Next(20) == 0 ? Damaged(Encoding.UTF8.GetBytes(Body(method, path))) : null;
        var headers = random.Next(4) == 0 ? Several(2, Header) : [];
        return new OddRequest(method, path, body, [.. headers.Where(header => body is not null || header.Name != "Content-Type").DistinctBy(header => header.Name)]);
    }

    private (string Method, string Path) Target()
    {
        switch (random.Next(12))
        {
            case 0:
                return (Pick(Methods), Pick(Collections) + (random.Next(2) == 0 ? "" : $"/{Uri.EscapeDataString(Text())}"));
            case 1 or 2:
                return ("POST", "/Bulk");
            case 3 or 4:
                return random.Next(2) == 0 ? ("GET", Pick(["/Users", "/Groups", ""])) : ("POST", Pick(["/.search", "/Users/.search", "/Groups/.search"]));
            case 5:
                return ("POST", Pick(["/Users", "/Groups"]));
            default:
                var (collection, ids) = random.Next(2) == 0 ? ("/Users", users) : ("/Groups", groups);
                var method = random.Next(25) == 0 ? "DELETE" : Pick(["GET", "HEAD", "PUT", "PATCH", "PATCH", "PATCH"]);
                return (method, $"{collection}/{(random.Next(10) == 0 ? Pick(foreign) : Pick(ids))}");
        }
    }

    private string Id() => Pick(random.Next(8) == 0 ? foreign : random.Next(3) == 0 ? groups : users);

    private string Parameter()
    {
        if (random.Next(12) == 0)
        {
            return $"{(random.Next(2) == 0 ? "cursor" : "membersAfter")}={Uri.EscapeDataString(Encoding.UTF8.GetString(Damaged(Encoding.UTF8.GetBytes(Pick(random.Next(3) == 0 ? foreign : cursors)))))}";
        }

        var value = random.Next(7) switch
        {
            0 => Pick(Numbers),
            1 => string.Join(',', Several(4, () => Pick(Attributes))),
            2 => Text(),
            3 when random.Next(10) == 0 => LongFilter(),
            _ => Filter(MaxDepth),
        };
        var name = Pick(Parameters);
        return random.Next(10) == 0 ? $"{name}={Uri.EscapeDataString(value)[..^Math.Min(1, Uri.EscapeDataString(value).Length)]}" : $"{name}={Uri.EscapeDataString(Encoding.UTF8.GetString(Damaged(Encoding.UTF8.GetBytes(value))))}";
    }

    private (string Name, string Value) Header() => random.Next(7) switch
    {
        0 => ("If-Match", Pick(["*", "W/\"1\"", "\"1\"", "W/", "\"", "W/\"1\", W/\"2\"", ",", "W/\"99999999999999999999\""])),
        1 => ("If-None-Match", Pick(["*", "W/\"1\"", "\"1\"", ",,,", "W/\"\""])),
        2 => ("Accept", Pick(["*/*", "application/json", "application/scim+json;q=0", "text/html", "application/*;q=2", ";", "", "a/b;c=\"", new string(',', 500)])),
        3 => ("Content-Type", Pick(["application/json", "application/scim+json; charset=utf-16", "text/plain", "application/json; charset=\"", ";", "application/json;charset=utf-8;charset=x"])),
        4 => ("Prefer", Pick(["return=representation", "return=minimal", "return", "=", "return=representation, return=minimal", "respond-async", "respond-async, wait=5", "Respond-Async;x=1"])),
        5 => ("X-HTTP-Method-Override", Pick(Methods)),
        _ => (Pick(["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URL", "traceparent", "X-Request-Id", "Accept-Encoding", "Range", "Expect-CT"]), Pick(["127.0.0.1", "evil.example", "https", "/scim/v2/Users", "00-0-0-00", "gzip;q=nan", "bytes=0-1", new string('a', 2000)])),
    };

    private string Body(string method, string path)
    {
        if (path.Contains("/.search", StringComparison.Ordinal))
        {
            return $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{Quoted(Filter(MaxDepth))}},"count":{{random.Next(5)}}{{string.Concat(Several(2, () => $",{Pick(["\"startIndex\":" + Json(0), "\"attributes\":[" + Quoted(Pick(Attributes)) + "]", "\"sortBy\":" + Quoted(Pick(Attributes)), "\"cursor\":" + Quoted(random.Next(2) == 0 ? Text() : Pick(cursors))])}").Distinct())}}}""";
        }

        if (path.StartsWith("/Bulk", StringComparison.Ordinal))
        {
            return $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],{{(random.Next(3) == 0 ? $"\"failOnErrors\":{Json(0)}," : "")}}"Operations":[{{string.Join(',', Several(Most(5), Operation))}}]}""";
        }

        return method == "PATCH" ? Patch() : Resource(path.Contains("Group", StringComparison.Ordinal));
    }

    private string Operation()
    {
        var (method, group) = (Pick(["POST", "POST", "PUT", "PATCH", "PATCH", "DELETE", random.Next(20) == 0 ? "GET" : "POST"]), random.Next(2) == 0);
        var id = random.Next(3) == 0 ? $"bulkId:{Pick(["a", "b", "c"])}" : random.Next(6) == 0 ? Text() : Id();
        var path = (group ? "/Groups" : "/Users") + (method == "POST" ? "" : $"/{id}");
        return $$"""{"method":{{Quoted(method)}},"bulkId":{{Quoted(random.Next(30) == 0 ? Text() : $"{Pick(["a", "b", "c"])}{(random.Next(4) == 0 ? "" : $"{random.Next(1000)}")}")}},"path":{{Quoted(path)}},{{(random.Next(8) == 0 ? $"\"version\":{Json(0)}," : "")}}"data":{{(method == "PATCH" ? Patch() : Resource(group))}}}""";
    }

    private string Patch() => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{string.Join(',', Several(Most(6), Change))}}]}""";

    private string Change()
    {
        var path = random.Next(3) switch
        {
            0 => $"{Pick(Attributes)}[{Filter(2)}]{(random.Next(2) == 0 ? "" : $".{Pick(["value", "type", "primary", "display", "$ref", ""])}")}",
            _ => Pick(Attributes),
        };
        var value = random.Next(3) == 0 ? $$"""[{"value":{{Quoted(Id())}}}]""" : Json(MaxDepth);
        if (random.Next(3) > 0)
        {
            (path, value) = Pick(Valid);
            path = random.Next(4) == 0 ? "members" : path;
            value = path == "members" ? $"[{Member()}]" : value;
        }

        return $$"""{"op":{{Quoted(Pick(["add", "replace", "remove", "Add", "Replace", "add", "replace", random.Next(9) == 0 ? "move" : "add"]))}}{{(random.Next(12) == 0 ? "" : $",\"path\":{Quoted(path)}")}}{{(random.Next(12) == 0 ? "" : $",\"value\":{value}")}}}""";
    }

    private string Resource(bool group)
    {
        var known = group
            ? $$""" "schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":{{Quoted(Text())}},"members":[{{string.Join(',', Several(Most(4), Member))}}]"""
            : $$$""" "schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":{{{Quoted($"u{random.Next(50)}{Text()}")}}},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":{{{Quoted(Id())}}}}}""";
        return $"{{ {known}{string.Concat(Several(3, Attribute).Distinct())} }}";
    }

    private string Attribute()
    {
        var (name, value) = random.Next(5) == 0 ? (Pick(Attributes), Json(MaxDepth)) : Pick(Valid);
        return $",{Quoted(name)}:{value}";
    }

    private string Member() => $$"""{"value":{{(random.Next(12) == 0 ? Json(1) : Quoted(random.Next(5) == 0 ? "bulkId:a" : Id()))}}{{(random.Next(8) == 0 ? $",\"type\":{Quoted(Pick(["User", "Group", "x"]))}" : "")}}}""";

    private string Filter(int depth) => random.Next(depth > 0 ? 8 : 3) switch
    {
        0 => $"{Pick(Attributes)} pr",
        1 or 2 => $"{Pick(Attributes)} {Pick(Operators)} {(random.Next(4) == 0 ? Pick(["true", "false", "null", .. Numbers]) : Quoted(Text()))}",
        3 => $"{Filter(depth - 1)} and {Filter(depth - 1)}",
        4 => $"{Filter(depth - 1)} or {Filter(depth - 1)}",
        5 => $"not ({Filter(depth - 1)})",
        6 => $"({Filter(depth - 1)})",
        _ => $"{Pick(["emails", "members", "groups", "addresses", "userName"])}[{Pick(["value", "type", "primary", "display"])} {Pick(Operators)} {Quoted(Text())}]",
    };

    /// <summary>About as long as filters may be, or somewhat longer.</summary>
    private string LongFilter() => random.Next(3) switch
    {
        0 => string.Join(Pick([" or ", " and ", " or not "]), Several(400, () => $"({Filter(0)})")),
        1 => $"{new string('(', random.Next(80))}{Filter(1)}{new string(')', random.Next(80))}",
        _ => $"{Pick(Attributes)} {Pick(Operators)} {Quoted(new string(Pick(["a", "İ", "\\", "%"])[0], random.Next(9000)))}",
    };

    /// <summary>Mostly few, and now and then about as many as a request may hold, or somewhat more.</summary>
    private int Most(int few) => random.Next(150) == 0 ? Pick([300, 1500, 2500]) : few;

    private string Json(int depth) => random.Next(depth > 0 ? 7 : 4) switch
    {
        0 => Quoted(Text()),
        1 => Pick(["true", "false", "null"]),
        2 => Pick(["0", "-1", "1", "1.5", "1e300", "1e-400", "99999999999999999999", "-0"]),
        3 => Quoted(Id()),
        4 => $"[{string.Join(',', Several(Most(4), () => Json(depth - 1)))}]",
        _ => $"{{ {string.Join(',', Several(4, () => $"{Quoted(Pick(Attributes))}:{Json(depth - 1)}"))} }}",
    };

    private string Text() => random.Next(4) == 0 ? Id() : Pick(Texts);

    /// <summary>A JSON string; what JSON cannot hold is escaped, lone surrogates too.</summary>
    private static string Quoted(string text) => $"\"{string.Concat(text.Select(letter => letter is < ' ' or '"' or '\\' || char.IsSurrogate(letter) ? $"\\u{(int)letter:x4}" : $"{letter}"))}\"";

    private byte[] Damaged(byte[] bytes) => Damage.Some(random, bytes);

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private T[] Several<T>(int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];
}
