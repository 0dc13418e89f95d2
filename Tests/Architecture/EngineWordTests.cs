using System.Text.RegularExpressions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>Words of one SQL engine stand only under Infrastructure/Storage. A comment may name an engine; code and literals may not.</summary>
public sealed partial class EngineWordTests
{
    private static readonly Rule NamesNoEngine = Rule.ForEach(file =>
        EngineWord().Matches(file.WithoutComments).Select(match => file.At(match.Index, $"a word of one SQL engine outside Infrastructure/Storage: {match.Value}")));

    [Fact]
    public void Words_of_one_SQL_engine_stand_only_under_Storage() =>
        NamesNoEngine.HoldsIn([.. SourceTree.Product.Where(file => !file.IsUnder("Infrastructure/Storage"))]);

    [Theory]
    [InlineData("using Microsoft.Data.Sqlite; // !")]
    [InlineData("using Npgsql; // !")]
    [InlineData("var a = new SqliteConnection(); // !")]
    [InlineData("var a = \"\"\"\n    select 1 from users u\n    where exists (select 1 from json_each(u.search))\n    \"\"\";")]
    [InlineData("var a = \"search::jsonb\"; // !")]
    [InlineData("var a = \"json_extract(search, '$.title')\"; // !")]
    [InlineData("var a = \"PRAGMA journal_mode = wal\"; // !")]
    [InlineData("var a = \"select 1 from users for update\"; // !")]
    [InlineData("var a = \"begin immediate\"; // !")]
    [InlineData("var a = \"title ilike @title\"; // !")]
    [InlineData("var a = \"id = any(@ids)\"; // !")]
    [InlineData("if (provider == \"Postgres\") // !")]
    public void A_word_of_one_engine_is_caught(string code) => NamesNoEngine.Catches("Features/Users/ListUsers.cs", code);

    [Theory]
    [InlineData("// SQLite compares bytes, PostgreSQL by collation.")]
    [InlineData("#pragma warning disable CA1000")]
    [InlineData("response.Headers.Pragma = \"no-cache\";")]
    [InlineData("var a = \"select id from users where organization_id = @organizationId on conflict do nothing returning id\";")]
    [InlineData("var any = names.Any(name => name.Length > 0);")]
    public void The_common_subset_is_allowed(string code) => NamesNoEngine.Allows("Features/Users/ListUsers.cs", code);

    [GeneratedRegex(
        """
        sqlite|npgsql|postgres|plpgsql|sqlstate
        |\bjson(?:b|_each|_tree|_extract|_type|_array\w*|_object|_group_\w+|_set|_patch|_valid|b_\w+)\b
        |(?<!\#|Headers\.)\bpragma\b|\browid\b|\bstrftime\b|\bjulianday\b|\bunixepoch\b|\bautoincrement\b|\bsqlite_\w+|\blast_insert_rowid\b
        |\bpg_\w+|\bilike\b|::\s*(?:text|json|jsonb|uuid|bytea|integer|bigint)\b|\bany\s*\(\s*@|\bfor\s+(?:update|share|no\s+key)\b
        |\bbegin\s+(?:immediate|exclusive|deferred)\b|\binsert\s+or\s+\w+|\bcollate\s+(?:nocase|binary|"C")
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase)]
    private static partial Regex EngineWord();
}
