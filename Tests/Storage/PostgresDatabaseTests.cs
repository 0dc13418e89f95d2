using Dapper;
using FluentAssertions;
using Npgsql;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>What PostgreSQL adds: several sessions that change at once, sessions that end, and a planner that chooses.</summary>
public sealed class PostgresDatabaseTests(ScimHost host) : IClassFixture<ScimHost>
{
    [OnPostgresFact]
    public async Task Of_many_that_ask_for_one_userName_one_gets_it()
    {
        var client = await host.CreateOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostAsync("/Users", ScimClient.User("ana"))));

        answers.Count(answer => answer.Status == 201).Should().Be(1);
        answers.Where(answer => answer.Status != 201).Should().AllSatisfy(answer => answer.ShouldBeError(409, "uniqueness"));
        (await client.GetAsync("/Users?count=0")).TotalResults.Should().Be(1);
    }

    [OnPostgresFact]
    public async Task A_row_that_another_session_holds_for_long_is_a_503_and_nothing_is_changed()
    {
        await using var own = await StartedHost.StartAsync("--ScimSlice:Database:ConnectionString", Impatient(host));
        var client = await own.Value.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        using var other = host.OpenDatabase();
        other.Execute("begin; select 1 from users for update");

        var refused = await client.PatchAsync($"/Users/{user.Id}", """{"op":"add","path":"title","value":"Lead"}""");
        var read = await client.GetAsync($"/Users/{user.Id}");
        other.Execute("rollback");

        refused.ShouldBeError(503);
        refused.Headers.GetValues("Retry-After").Should().ContainSingle();
        read.Body["title"].Should().BeNull();
        (await client.PatchAsync($"/Users/{user.Id}", """{"op":"add","path":"title","value":"Lead"}""")).Status.Should().Be(200);
    }

    [OnPostgresFact]
    public async Task Sessions_that_the_server_ended_are_replaced_without_a_client_noticing()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        using var other = host.OpenDatabase();

        other.Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

        (await client.GetAsync($"/Users/{user.Id}")).Status.Should().Be(200);
        (await client.PatchAsync($"/Users/{user.Id}", """{"op":"add","path":"title","value":"Lead"}""")).Status.Should().Be(200);
    }

    [OnPostgresFact]
    public async Task A_database_that_is_not_in_UTF8_is_refused()
    {
        var connection = new NpgsqlConnectionStringBuilder(host.Database.ConnectionString);
        var name = $"{connection.Database}_latin1";
        using var server = host.OpenDatabase();
        server.Execute($"create database {name} encoding 'LATIN1' locale 'C' template template0");
        connection.Database = name;
        connection.Pooling = false;
        try
        {
            await using var database = new PostgresDatabase(connection.ToString());

            var migrating = () => database.Migrate(TimeProvider.System);

            migrating.Should().Throw<StorageException>().Which.Message.Should().Contain("UTF8");
        }
        finally
        {
            server.Execute($"drop database {name} with (force)");
        }
    }

    [OnPostgresTheory]
    [InlineData("id eq \"x\"", "users_pkey")]
    [InlineData("userName eq \"user77\"", "users_user_name_key")]
    [InlineData("userName sw \"user77\"", "users_user_name_key")]
    [InlineData("externalId eq \"e77\"", "users_external_id")]
    [InlineData("displayName eq \"name 77\"", "users_display_name_key")]
    [InlineData("userName eq \"user77\" and active eq true", "users_user_name_key")]
    [InlineData("emails.value eq \"e77@x\"", "user_lookups_pkey")]
    [InlineData("emails[type eq \"work\"].value eq \"e77@x\"", "user_lookups_pkey")]
    [InlineData("emails.value eq \"e77@x\" and active eq true", "users_pkey")]
    [InlineData("title eq \"t77\"", "user_lookups_pkey")]
    [InlineData("title sw \"t77\" and active eq true", "user_lookups_pkey")]
    public async Task The_filters_that_clients_send_most_are_served_by_an_index(string filter, string index)
    {
        await using var own = await StartedHost.StartAsync();
        await own.Value.CreateOrganizationAsync();
        using var session = own.Value.OpenDatabase();
        session.Execute("insert into indexed_attributes (organization_id, attribute, path) select id, 'title', '{title}' from organizations");
        session.Execute(
            """
            insert into users (organization_id, id, version, created_at, last_modified_at, user_name_key, external_id, display_name_key, active, role_key, document, search)
            select o.id, 'id' || n, 1, '', '', 'user' || n, 'e' || n, 'name ' || n, 1, 'member', convert_to(repeat('x', 900), 'UTF8'),
                jsonb_build_object('title', 't' || n, 'emails', jsonb_build_array(jsonb_build_object('value', 'e' || n || '@x', 'type', 'work')))
            from organizations o, generate_series(1, 5000) n
            """);
        session.Execute("analyze users; analyze user_lookups");
        var organizationId = session.QueryFirst<string>("select id from organizations limit 1");
        var parameters = new SqlParameters().With("organizationId", organizationId).With("count", 100).With("offset", 0);
        var condition = new FilterToSql(SchemaRegistry.BuiltIn.User, UserTable.Of(new OrganizationSettings { Indexed = ["title"] }), new PostgresDialect(), parameters).Compile(FilterToSqlTests.Population.Parse(filter));

        var plan = session.Query<string>(
            $"explain select {ServedUser.Columns} from users u where u.organization_id = @organizationId and {condition} order by u.id limit @count offset @offset",
            parameters);

        string.Join('\n', plan).Should().Contain($"using {index} on").And.MatchRegex("Index Cond: .*organization_id.* AND ");
    }

    /// <summary>The database of a host, with sessions that wait a second for a lock.</summary>
    private static string Impatient(ScimHost host) =>
        new NpgsqlConnectionStringBuilder(host.Database.ConnectionString) { Options = "-c lock_timeout=1000" }.ToString();
}
