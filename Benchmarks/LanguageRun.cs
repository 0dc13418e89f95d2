using System.Diagnostics;
using System.Globalization;
using System.Text;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Benchmarks;

/// <summary>What the SCIM language costs by itself, with no server and no database: filters to SQL, patches of a stored user.</summary>
internal static class LanguageRun
{
    private const int Rounds = 21;
    private const double RoundSeconds = 0.2;

    private static readonly string[] Filters =
    [
        "userName eq \"ana.ruiz@example.com\"",
        "externalId eq \"00u1abcd\" and active eq true",
        "emails[type eq \"work\"].value eq \"ana.ruiz@example.com\"",
        "meta.lastModified gt \"2026-11-23T10:00:00Z\" and (title pr or userType ne \"Intern\") and not (emails co \"example.org\")",
    ];

    private static readonly string[] Patches =
    [
        """[{"op":"Replace","path":"active","value":"False"}]""",
        """[{"op":"replace","value":{"active":true,"displayName":"Ana R.","name.givenName":"Ana"}}]""",
        """[{"op":"replace","path":"emails[type eq \"work\"].value","value":"new@example.com"},{"op":"add","path":"phoneNumbers","value":[{"value":"+49 1","type":"mobile"}]},{"op":"remove","path":"title"}]""",
    ];

    public static void Run()
    {
        var type = SchemaRegistry.BuiltIn.User;
        var dialect = new SqliteDialect();
        Console.WriteLine("| what | median µs | least | most |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var filter in Filters)
        {
            Measure($"parse and compile `{filter.Replace("|", "\\|", StringComparison.Ordinal)}`", () =>
            {
                var quirks = new QuirkUse(strict: false);
                var parsed = FilterRules.Check(FilterParser.Parse(filter, type, quirks), type, quirks);
                return new FilterToSql(type, UserTable.Filtered, dialect, new SqlParameters()).Compile(parsed);
            });
        }

        var json = StrictJson.Parse(Encoding.UTF8.GetBytes(SeedFile.Body.Replace("NAME", "ana", StringComparison.Ordinal)));
        var meta = new ResourceMeta(1, "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.000Z");
        var stored = StoredResource.Serialize(new ResourceReader(type, new QuirkUse(strict: false)).Read(json), "id", meta);
        foreach (var operations in Patches)
        {
            var body = Encoding.UTF8.GetBytes($$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":{{operations}}}""");
            Measure($"parse, apply and serialize a PATCH of a user of {stored.Length} bytes: `{operations}`", () =>
            {
                var quirks = new QuirkUse(strict: false);
                var request = PatchRequest.Read(StrictJson.Parse(body), type, quirks);
                var before = StoredDocument.Read(type, stored);
                var after = new PatchEngine(quirks, meta.ReadOnly(type, "id", new PublicUrls(""))).Apply(before, request);
                return StoredResource.Serialize(after, "id", meta);
            });
        }
    }

    /// <summary>The median of several rounds, after one in which the code is compiled for good.</summary>
    private static void Measure(string what, Func<object> work)
    {
        var each = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var (count, clock) = (0L, Stopwatch.StartNew());
            for (; clock.Elapsed.TotalSeconds < (round == 0 ? 2 : RoundSeconds); count++)
            {
                GC.KeepAlive(work());
            }

            if (round > 0)
            {
                each.Add(clock.Elapsed.TotalMicroseconds / count);
            }
        }

        each.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {each[Rounds / 2]:F1} | {each[0]:F1} | {each[^1]:F1} |"));
    }
}
