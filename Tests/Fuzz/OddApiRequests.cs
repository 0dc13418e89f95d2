using System.Text;

namespace ScimSlice.Tests.Fuzz;

/// <summary>Requests of the application API from one seed, most of them near to what is valid.</summary>
/// <param name="random">What decides; made from the seed.</param>
/// <param name="own">The application that sends them.</param>
/// <param name="resources">Ids of its organization's users and groups.</param>
/// <param name="foreign">What another organization knows: ids of its resources, events and endpoints, and where its lists go on.</param>
internal sealed class OddApiRequests(Random random, FuzzedApplication own, IReadOnlyList<string> resources, IReadOnlyList<string> foreign)
{
    private const string Root = "/../../api/v1";

    private static readonly string[] Lists = ["/events", "/users", "/groups", "/members", "/unacknowledged", "/deliveries", "/requests", "/openapi.json", "", "/nothing", "/events/", "/Events"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"];

    private static readonly string[] Numbers = ["0", "1", "2", "7", "100", "1000", "1001", "-1", "2147483648", "9223372036854775807", "9223372036854775808", "99999999999999999999", "1.5", "1e3", " 1", "+1", ""];

    private static readonly string[] Words = ["", "true", "false", "True", "1", "x", "\0", "😀", "\ud800", "%", "'", "../..", "00000000000000000000000000000000", "0190f5e6a1b27c3d8e4f5a6b7c8d9e0f", "ffffffffffffffffffffffffffffffff", "*"];

    private static readonly string[] Parameters = ["after", "limit", "position", "failed", "reads", "resource", "request", "webhook", "dead", "unknown", "%61fter"];

    public OddRequest Next()
    {
        var (method, path, body) = random.Next(10) switch
        {
            0 => (Pick(Methods), Pick(Lists), random.Next(2) == 0 ? null : "{}"),
            1 => ("POST", $"/events/{Escaped(Among(own.Events))}/ack", random.Next(3) == 0 ? "{}" : null),
            2 => ("POST", $"/webhooks/{Escaped(Among(own.Webhooks))}/redeliver", null),
            3 or 4 => ("POST", $"/webhooks/{Escaped(random.Next(3) == 0 ? Among(own.Webhooks) : own.Webhooks[0])}/poll", Poll()),
            5 => ("GET", $"/issuers/{Escaped(Among(resources))}/jwks.json", null),
            _ => ("GET", Pick(Lists), (string?)null),
        };
        if (random.Next(3) > 0)
        {
            path += $"?{string.Join('&', Several(4, Parameter))}";
        }

        (string Name, string Value)[] headers = random.Next(6) == 0 ? [Header()] : [];
        return new OddRequest(method, Root + path, body is null ? null : Encoding.UTF8.GetBytes(body), [.. headers.Where(header => body is not null || header.Name != "Content-Type")]);
    }

    /// <summary>A poll that never waits, so that it is damaged only where that stays so.</summary>
    private string Poll()
    {
        var members = Several(3, () => random.Next(4) switch
        {
            0 => $"\"maxEvents\":{Pick(["0", "1", "3", "100", "2147483647", "-1", "1.5", "null", "\"1\"", "99999999999999999999"])}",
            1 => $"\"ack\":[{string.Join(',', Several(5, () => Quoted(Among(own.Events))))}]",
            2 => $"\"setErrs\":{{{string.Join(',', Several(3, () => $"{Quoted(Among(own.Events))}:{{\"err\":{Quoted(Word())},\"description\":{Quoted(Word())}}}"))}}}",
            _ => $"{Quoted(Word())}:{Pick(["1", "[]", "{}", "null", "\"x\""])}",
        });
        return $"{{\"returnImmediately\":true{string.Concat(members.Select(member => $",{Encoding.UTF8.GetString(Damage.Some(random, Encoding.UTF8.GetBytes(member)))}"))}}}";
    }

    private string Parameter()
    {
        var value = random.Next(3) switch { 0 => Pick(Numbers), 1 => Among(own.Places), _ => random.Next(2) == 0 ? Among(resources) : Word() };
        return $"{Pick(Parameters)}={Escaped(Encoding.UTF8.GetString(Damage.Some(random, Encoding.UTF8.GetBytes(value))))}";
    }

    private (string Name, string Value) Header() => random.Next(4) switch
    {
        0 => ("Last-Event-ID", Pick([.. Numbers, Among(own.Places)])),
        1 => ("If-None-Match", Pick(["*", "\"x\"", ",,,", ""])),
        2 => ("Content-Type", Pick(["application/json", "text/plain", "application/json; charset=utf-16", ";", ""])),
        _ => ("Accept", Pick(["*/*", "application/json;q=0", "text/html", ";", "application/secevent+jwt"])),
    };

    /// <summary>Mostly one of these, and now and then one of another organization, or what nobody has.</summary>
    private string Among(IReadOnlyList<string> known) => random.Next(5) switch { 0 => Pick(foreign), 1 when random.Next(3) == 0 => Word(), _ => Pick(known) };

    private string Word() => Pick(Words);

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    private static string Quoted(string text) => $"\"{string.Concat(text.Select(letter => letter is < ' ' or '"' or '\\' || char.IsSurrogate(letter) ? $"\\u{(int)letter:x4}" : $"{letter}"))}\"";

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private T[] Several<T>(int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];
}
