using Dapper;
using FluentAssertions;
using ScimSlice.Features.Groups;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>
/// Where groups are large, whoever reads all memberships of an organization to find those of one user is a thousand times too slow. So the
/// statements are looked at: over an organization of 60,000 memberships on PostgreSQL, whose planner counts; over any on SQLite.
/// </summary>
public sealed class MembershipPlanTests : IClassFixture<MembershipPlanTests.Crowd>
{
    private readonly Crowd crowd;

    public MembershipPlanTests(Crowd crowd) => this.crowd = crowd;

    [Theory]
    [InlineData("members.value eq \"id7\"", "memberships_member_id")]
    [InlineData("members eq \"id7\"", "memberships_member_id")]
    [InlineData("members[value eq \"id7\" and type eq \"User\"]", "memberships_member_id")]
    [InlineData("id eq \"group3\" and members eq \"id7\"", "memberships_member_id")]
    [InlineData("displayName eq \"Group 3\"", "groups_display_name_key")]
    [InlineData("externalId eq \"e3\"", "groups_external_id")]
    public void Groups_are_found_by_an_index(string filter, string index)
    {
        var parameters = crowd.Parameters();
        var type = SchemaRegistry.BuiltIn.Group;
        var condition = new FilterToSql(type, GroupTable.Filtered, crowd.Dialect, parameters).Compile(FilterRules.Check(FilterParser.Parse(filter, type, Lenient), type, Lenient));

        crowd.Plan($"select {GroupTable.Served} from groups g where g.organization_id = @organizationId and {condition} order by g.id limit @count", parameters)
            .Should().Match(plan => plan.Contains(index, StringComparison.Ordinal) || plan.Contains("Seq Scan on groups", StringComparison.Ordinal), "thirty groups fit into a page or two");
        crowd.ShouldSearch(parameters, $"select {GroupTable.Served} from groups g where g.organization_id = @organizationId and {condition} order by g.id limit @count");
    }

    [OnSqliteTheory]
    [InlineData("groups.value eq \"group3\"")]
    [InlineData("groups[value eq \"group3\" and type eq \"direct\"]")]
    public void Users_are_found_by_their_groups_through_any_nesting(string filter)
    {
        var parameters = crowd.Parameters();
        var type = SchemaRegistry.BuiltIn.User;
        var condition = new FilterToSql(type, UserTable.Filtered, crowd.Dialect, parameters).Compile(FilterRules.Check(FilterParser.Parse(filter, type, Lenient), type, Lenient));

        crowd.ShouldSearch(parameters, $"select {ServedUser.Columns} from users u where u.organization_id = @organizationId and {condition} order by u.id limit @count");
    }

    [Fact]
    public async Task What_requests_run_over_memberships_searches_them()
    {
        var statements = await crowd.StatementsAsync();

        statements.Where(sql => sql.Contains("memberships", StringComparison.Ordinal)).Should().HaveCountGreaterThan(3);
        foreach (var sql in statements)
        {
            crowd.ShouldSearch(crowd.Parameters(), sql);
        }
    }

    private static QuirkUse Lenient => new(strict: false);

    /// <summary>An organization with 30 groups of 2,000 users each.</summary>
    public sealed class Crowd : IAsyncLifetime
    {
        private string organizationId = "";

        public ScimHost Host { get; } = new();

        public ISqlDialect Dialect => Database.Dialect;

        private IDatabase Database => (IDatabase)Host.Services.GetService(typeof(IDatabase))!;

        public async Task InitializeAsync()
        {
            await Host.InitializeAsync();
            await Host.CreateOrganizationAsync();
            using var session = Host.OpenDatabase();
            organizationId = session.QueryFirst<string>("select id from organizations order by created_at desc limit 1");
            var bytes = TestDatabase.Provider == "Postgres" ? "convert_to(repeat('x', 900), 'UTF8')" : "zeroblob(900)";
            var json = TestDatabase.Provider == "Postgres" ? "jsonb_build_object('title', 't' || n)" : "jsonb('{}')";
            session.Execute(
                $"""
                with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 2000)
                insert into users (organization_id, id, version, created_at, last_modified_at, user_name_key, active, role_key, document, search)
                select @organizationId, 'id' || n, 1, '', '', 'user' || n, 1, 'member', {bytes}, {json} from numbers
                """,
                new { organizationId });
            session.Execute(
                $"""
                with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 30)
                insert into groups (organization_id, id, version, created_at, last_modified_at, display_name, display_name_key, external_id, document, search)
                select @organizationId, 'group' || n, 1, '', '', 'Group ' || n, 'group ' || n, 'e' || n, {bytes}, {json} from numbers
                """,
                new { organizationId });
            session.Execute("insert into memberships (organization_id, group_id, member_id, member_type) select g.organization_id, g.id, u.id, 'User' from groups g, users u where g.organization_id = u.organization_id");
            if (TestDatabase.Provider == "Postgres")
            {
                session.Execute("analyze users; analyze groups; analyze memberships");
            }
        }

        public Task DisposeAsync() => Host.DisposeAsync();

        public SqlParameters Parameters() => new SqlParameters().With("organizationId", organizationId).With("id", "id7").With("ids", "[\"id7\",\"id8\"]").With("count", 100).With("limit", 100)
            .With("groupId", "group3").With("now", "").With("location", "").With("userLocation", "").With("groupLocation", "");

        public string Plan(string sql, SqlParameters parameters)
        {
            using var session = Host.OpenDatabase();
            return TestDatabase.Provider == "Postgres"
                ? string.Join('\n', session.Query<string>($"explain {sql}", parameters))
                : string.Join('\n', session.Query<(long, long, long, string Detail)>($"explain query plan {sql}", parameters).Select(step => step.Detail));
        }

        /// <summary>No step reads all memberships, or all groups, of the organization.</summary>
        public void ShouldSearch(SqlParameters parameters, string sql)
        {
            foreach (var step in Plan(sql, parameters).Split('\n'))
            {
                step.Should().NotContain("Seq Scan on memberships", sql).And.NotContain("Seq Scan on users", sql);
                if (step.Contains("memberships", StringComparison.Ordinal) || step.StartsWith("SEARCH m ", StringComparison.Ordinal))
                {
                    step.Should().NotEndWith("(organization_id=?)", sql);
                }
            }
        }

        /// <summary>The statements over memberships as the code has them.</summary>
        public async Task<IReadOnlyList<string>> StatementsAsync()
        {
            using var storage = new StorageSession(Database);
            (await GroupsOfUsers.OfAsync(storage, organizationId, "id7", CancellationToken.None)).Should().HaveCount(30);
            var recorded = new List<string>
            {
                $"""
                select m.member_id, m.group_id, g.display_name
                from memberships m join groups g on g.organization_id = m.organization_id and g.id = m.group_id
                where m.organization_id = @organizationId and {Dialect.IsAmong("m.member_id", "@ids")} limit @limit
                """,
            };
            recorded.AddRange(Architecture.SourceTree.Under("Infrastructure/Memberships").Concat(Architecture.SourceTree.Under("Features/Groups")).SelectMany(file => file.Literals)
                .Select(literal => literal.Text)
                .Where(text => Architecture.SqlStatement.Is(text) && !text.Contains('{', StringComparison.Ordinal) && text.Contains("@id", StringComparison.Ordinal) && !text.Contains("recursive", StringComparison.Ordinal)));
            return recorded;
        }
    }
}
