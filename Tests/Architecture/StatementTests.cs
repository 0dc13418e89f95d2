using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>
/// Statements over rows of an organization have that organization as their outermost condition, and nothing is put together
/// into SQL but constants, what the storage makes, and parameters.
/// </summary>
public sealed partial class StatementTests
{
    private static readonly Rule IsBoundToTheOrganization = new(files => files.SelectMany(file => Unbound(file, files)));

    private static readonly Rule TakesValuesAsParameters = new(files => files.SelectMany(file => Spliced(file, files)));

    /// <summary>The tables whose rows belong to organizations, as the migrations make them.</summary>
    private static readonly string[] Tables =
    [
        .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "Infrastructure", "Storage", "Migrations"), "*.sql", SearchOption.AllDirectories)
            .SelectMany(file => OwnedTable().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .Distinct(),
    ];

    private static IReadOnlyList<SourceFile> OutsideStorage => [.. SourceTree.Product.Where(file => !file.IsUnder("Infrastructure/Storage"))];

    [Fact]
    public void Every_statement_over_rows_of_an_organization_has_it_as_the_outermost_condition() => IsBoundToTheOrganization.HoldsIn(OutsideStorage);

    [Fact]
    public void Values_reach_SQL_as_parameters_and_identifiers_from_constants() => TakesValuesAsParameters.HoldsIn(OutsideStorage);

    [Fact]
    public void Tables_and_statements_are_seen()
    {
        Tables.Should().Contain(["users", "deleted_users", "resource_counts", "tokens"]).And.NotContain("organizations");
        SourceTree.Under("Features/Users").SelectMany(file => file.Literals).Where(literal => SqlStatement.Is(literal.Text)).Should().HaveCountGreaterThan(6);
    }

    [Theory]
    [InlineData("select id from users")]
    [InlineData("select id from users where id = @id")]
    [InlineData("select c.id from clients c where c.name = @name and c.revoked_at is null")]
    [InlineData("select c.id from clients c where c.id = @id or c.revoked_at is null")]
    [InlineData("select id from users where id = @id and organization_id = @organizationId")]
    [InlineData("select id from users where organization_id = @organizationId or active = 1")]
    [InlineData("select id from users where (organization_id = @organizationId or active = 1)")]
    [InlineData("select id from users where not organization_id = @organizationId")]
    [InlineData("select id from users where organization_id <> @organizationId")]
    [InlineData("select id from users where organization_id = organization_id")]
    [InlineData("select id from users u where x.organization_id = @organizationId")]
    [InlineData("select id from users order by organization_id = @organizationId")]
    [InlineData("select id from users where organization_id = @other")]
    [InlineData("select count(*) from (select 1 from users limit 1) any_user")]
    [InlineData("select u.id from users u where u.organization_id = @organizationId union all select d.id from deleted_users d")]
    [InlineData("select u.id from users u join tokens t on t.id = u.id where u.organization_id = @organizationId")]
    [InlineData("with recursive a (id) as (select 1) select u.id from a cross join users u where u.id = a.id")]
    [InlineData("with recursive a (id) as (select 1) select u.id from a cross join users u")]
    [InlineData("select u.id from users u, tokens t where u.organization_id = @organizationId")]
    [InlineData("select u.id from organizations o where o.id = @id and exists (select 1 from users u where u.active = 1)")]
    [InlineData("select o.id from organizations o where exists (select 1 from users u where u.organization_id = o.id and u.id = @id) order by o.id")]
    [InlineData("select o.id from organizations o where exists (select 1 from users u where u.organization_id = o.id and u.id in (select t.id from tokens t)) order by o.id")]
    [InlineData("update users set active = 0 where id = @id")]
    [InlineData("update users set active = 0")]
    [InlineData("update users set organization_id = @organizationId")]
    [InlineData("delete from deleted_users where deleted_at < @before")]
    [InlineData("insert into users (id, organization_id) values (@id, @organizationId)")]
    [InlineData("insert into users (organization_id, id) values (@other, @id)")]
    [InlineData("insert into users values (@organizationId, @id)")]
    [InlineData("insert into deleted_users (organization_id, id) select organization_id, id from users where id = @id")]
    [InlineData("with gone as (delete from users where id = @id returning id) select id from gone")]
    public void A_statement_that_reaches_beyond_the_organization_is_caught(string sql) => IsBoundToTheOrganization.Catches("Features/Users/A.cs", $"var a = \"{sql}\"; // !");

    [Theory]
    [InlineData("select id from organizations where name_key = @key")]
    [InlineData("select id from users where organization_id = @organizationId")]
    [InlineData("select id from users u where u.organization_id = @OrganizationId and (u.id = @id or u.active = 1) order by u.id limit 1")]
    [InlineData("select count(*) from (select 1 from users as u where u.organization_id = @organizationId and u.active = 1 limit 1) others")]
    [InlineData("select u.id from users u join tokens t on t.organization_id = u.organization_id and t.id = u.id where u.organization_id = @organizationId")]
    [InlineData("select id from users u where u.organization_id = @organizationId and exists (select 1 from tokens t where t.organization_id = u.organization_id)")]
    [InlineData("with recursive a (id) as (select 1) select u.id from a cross join users u where u.organization_id = @organizationId and u.id = a.id")]
    [InlineData("update users set active = 0 where organization_id = @organizationId and id = @id returning id")]
    [InlineData("insert into users (organization_id, id) values (@organizationId, @id) on conflict (organization_id, id) do update set active = 0")]
    [InlineData("insert into deleted_users (organization_id, id) select organization_id, id from users where organization_id = @organizationId and id = @id")]
    [InlineData("select organization_id from tokens where hash = @hash")]
    [InlineData("select a.id from access_tokens a join clients c on c.organization_id = a.organization_id and c.id = a.client_id where a.hash = @hash")]
    [InlineData("select c.id from clients c where c.id = @id and c.revoked_at is null")]
    [InlineData("select o.id from organizations o where exists (select 1 from webhooks w where w.organization_id = o.id and w.disabled_at is null) order by o.id")]
    [InlineData("select o.id from organizations o where exists (select 1 from events e where e.organization_id = o.id and e.type in ('user.deleted', 'a') and e.at is not null) order by o.id")]
    [InlineData("List the users from users who update tokens")]
    public void A_statement_within_the_organization_is_allowed(string sql) => IsBoundToTheOrganization.Allows("Features/Users/A.cs", $"var a = \"{sql}\";");

    [Theory]
    [InlineData("var where = \"u.active = 1\";\nvar b = $\"select u.id from users u where {where}\"; // !")]
    [InlineData("var where = \"u.organization_id = @organizationId\";\nwhere += \" or u.active = 1\";\nvar b = $\"select u.id from users u where {where}\"; // !")]
    [InlineData("var b = $\"select u.id from users u where {From(request)}\"; // !")]
    public void A_condition_in_a_hole_is_looked_into(string code) => IsBoundToTheOrganization.Catches("Features/Users/A.cs", code);

    [Fact]
    public void A_bound_condition_in_a_hole_is_allowed() => IsBoundToTheOrganization.Allows(
        "Features/Users/A.cs",
        "var where = \"u.organization_id = @organizationId\";\nwhere += $\" and {new FilterToSql(a).Compile(b)}\";\nvar c = $\"select {UserTable.Columns} from users u where {where}\";");

    [Theory]
    [InlineData("var a = $\"select id from organizations where name = '{name}'\"; // !")]
    [InlineData("var a = $\"select id from organizations order by {request.SortBy}\"; // !")]
    [InlineData("var order = request.SortBy;\nvar a = $\"select id from organizations order by {order}\"; // !")]
    [InlineData("var order = $\"o.{sortBy}\";\nvar a = $\"select id from organizations o order by {order}\"; // !")]
    [InlineData("var order = \"id\";\norder += sortBy;\nvar a = $\"select id from organizations o order by {order}\"; // !")]
    [InlineData("var a = \"select id from organizations where name = '\" + name + \"'\"; // !")]
    [InlineData("var a = string.Format(\"select id from organizations where name = '{0}'\", name); // !")]
    [InlineData("var a = $\"update organizations set {column} = @value where id = @id\"; // !")]
    [InlineData("var a = $\"select id from organizations limit {Page.Size}\"; // !")]
    public void Text_put_into_SQL_is_caught(string code) => TakesValuesAsParameters.Catches("Features/Users/A.cs", code);

    [Theory]
    [InlineData("var a = $\"select {Columns} from organizations\";\nprivate const string Columns = \"id\";")]
    [InlineData("var a = $\"select {UserTable.Columns} from organizations\";")]
    [InlineData("var a = $\"insert into organizations (id) values ({storage.Dialect.Json(\"@a\")})\";")]
    [InlineData("var order = descending ? \"desc\" : \"asc\";\nvar a = $\"select id from organizations order by id {order}\";")]
    [InlineData("var where = \"id = @id\";\nwhere += $\" and {new FilterToSql(a).Compile(b)}\";\nvar a = $\"select id from organizations where {where}\";")]
    [InlineData("var a = $\"Select a name: {name}\";")]
    [InlineData("var a = \"select id \" + \"from organizations\";")]
    public void Constants_and_what_the_storage_makes_are_allowed(string code) =>
        TakesValuesAsParameters.Allows("Features/Users/A.cs", code, new SourceFile("Features/Users/UserTable.cs", "class UserTable { public const string Columns = \"u.id\"; }"));

    private static IEnumerable<Violation> Unbound(SourceFile file, IReadOnlyList<SourceFile> files)
    {
        foreach (var literal in file.Literals.Where(literal => SqlStatement.Is(literal.Text)))
        {
            var sql = Expand(literal.Text, literal.Holes, file, files);
            if (FindsOutWhose().IsMatch(sql) || FindsWhoHasWork().IsMatch(sql))
            {
                continue;
            }

            foreach (var says in new SqlStatement(sql).Unbound(Tables))
            {
                yield return file.At(literal.Start, says);
            }
        }
    }

    /// <summary>A statement with its holes filled, as far as literals of this file or constants of others fill them.</summary>
    private static string Expand(string text, IReadOnlyList<string> holes, SourceFile file, IReadOnlyList<SourceFile> files)
    {
        foreach (var hole in holes)
        {
            var parts = Values(hole, file).Select(value => value.Literal).OfType<SourceLiteral>().ToArray();
            var known = parts.Length > 0 ? string.Concat(parts.Select(part => Expand(part.Text, part.Holes, file, files))) : Constant(hole, file, files)?.Text;
            if (known is not null)
            {
                text = text.Replace($"{{{hole}}}", known, StringComparison.Ordinal);
            }
        }

        return text;
    }

    private static IEnumerable<Violation> Spliced(SourceFile file, IReadOnlyList<SourceFile> files)
    {
        foreach (var literal in file.Literals.Where(literal => SqlStatement.Is(literal.Text)))
        {
            foreach (var hole in literal.Holes.Where(hole => !IsSafe(hole, file, files)))
            {
                yield return file.At(literal.Start, $"{{{hole}}} is put into SQL; values go in as parameters, identifiers from constants");
            }

            if (JoinedAfter().IsMatch(file.Code[literal.End..]) || JoinedBefore().IsMatch(file.Code[..literal.Start]))
            {
                yield return file.At(literal.Start, "SQL is put together with text that is no literal");
            }
        }
    }

    /// <summary>Constants, what the dialect and the compilers of the storage make, and locals that hold nothing else.</summary>
    private static bool IsSafe(string expression, SourceFile file, IReadOnlyList<SourceFile> files)
    {
        if (MadeByStorage().IsMatch(expression) || Constant(expression, file, files) is not null)
        {
            return true;
        }

        var values = Values(expression, file).ToArray();
        return values.Length > 0 && values.All(value => value.Literal is { } literal
            ? literal.Holes.All(hole => IsSafe(hole, file, files))
            : EitherLiteral().IsMatch(value.Text) || IsSafe(value.Text, file, files));
    }

    private static SourceLiteral? Constant(string expression, SourceFile file, IReadOnlyList<SourceFile> files)
    {
        var parts = expression.Split('.');
        var home = parts.Length == 1 ? file : files.FirstOrDefault(candidate => candidate.Name == parts[^2]);
        return home?.Literals.FirstOrDefault(literal => Regex.IsMatch(home.Code[..literal.Start], $@"\bconst\s+string\s+{Regex.Escape(parts[^1])}\s*=\s*$"));
    }

    /// <summary>Everything that a file assigns or appends to a local.</summary>
    private static IEnumerable<(string Text, SourceLiteral? Literal)> Values(string name, SourceFile file)
    {
        foreach (Match match in Regex.Matches(file.Code, $@"(?<![\w.]){Regex.Escape(name)}\s*\+?=(?![=>])\s*(?<value>[^;]*);"))
        {
            var value = match.Groups["value"];
            var literal = file.Literals.FirstOrDefault(literal =>
                literal.Start >= value.Index && literal.End == value.Index + value.Value.TrimEnd().Length && file.Code[value.Index..literal.Start].All(letter => letter is '$' or '@'));
            yield return (value.Value.Trim(), literal);
        }
    }

    /// <summary>Whether an organization has work for the service, asked of all of them: no row of theirs is read.</summary>
    [GeneratedRegex(@"^\s*select o\.id from organizations o where exists \(select 1 from \w+ (?<alias>\w) where \k<alias>\.organization_id = o\.id(?: and \k<alias>\.\w+ (?:is (?:not )?null|in \('[\w.]+'(?:, '[\w.]+')*\)))*\) order by o\.id\s*$")]
    private static partial Regex FindsWhoHasWork();

    /// <summary>A token's hash, or who a client says it is, is looked up to find out whose it is; no organization is known before.</summary>
    [GeneratedRegex(@"\bfrom (?:tokens|access_tokens)\b[^()]*\bwhere (?:[ta]\.)?hash = @hash\s*$|\bfrom clients c where c\.(?:id = @id|issuer = @Issuer and c\.subject = @Subject) and c\.revoked_at is null(?: limit 2)?\s*$")]
    private static partial Regex FindsOutWhose();

    [GeneratedRegex(@"create table (?:if not exists )?(?<name>\w+) \((?:(?!\n\)).)*\borganization_id\b", RegexOptions.Singleline)]
    private static partial Regex OwnedTable();

    [GeneratedRegex(@"^(?:storage\.Dialect\.\w+\(|dialect\.\w+\(|new \w+ToSql\(|parameters\.Add\(|part\.(?:Key|Condition|Order)$)")]
    private static partial Regex MadeByStorage();

    /// <summary>One of two literals. In code, the inside of a literal is blank.</summary>
    [GeneratedRegex("^[^\"]*\\?\\s*\"\\s*\"\\s*:\\s*\"\\s*\"$")]
    private static partial Regex EitherLiteral();

    [GeneratedRegex(@"^\s*\+\s*(?![\s""$@])")]
    private static partial Regex JoinedAfter();

    [GeneratedRegex(@"(?:[^""\s+]\s*\+|\b(?:Format|Concat|Join)\s*\([^;]*)\s*[$@]*$")]
    private static partial Regex JoinedBefore();
}
