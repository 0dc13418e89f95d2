using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>
/// PostgreSQL keeps the plan of a statement that is run often, even where it was made for a table of ten rows and there are thousands since. Positions are given
/// by such a statement, which must not then go over all events once for each of them.
/// </summary>
public sealed class EventOrderPlanTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const int Many = 5000;

    [OnPostgresTheory]
    [InlineData(1, 1)]
    [InlineData(1, 10)]
    [InlineData(5, 1)]
    [InlineData(5, 3)]
    [InlineData(40, 1)]
    public async Task Many_events_are_gone_over_once_whatever_there_was_when_the_statement_was_planned(int organizations, int events)
    {
        var ids = new List<string>();
        for (var number = 0; number < organizations; number++)
        {
            ids.Add((await host.GrantOfAsync(await host.CreateOrganizationAsync())).OrganizationId);
        }

        await using var database = host.OpenDatabase();
        await database.ExecuteAsync("delete from events");
        foreach (var id in ids)
        {
            await WriteAsync(id, events);
        }

        await database.ExecuteAsync($"analyze events; prepare give (text, bigint) as {EventOrder.Give.Replace("@organizationId", "$1", StringComparison.Ordinal).Replace("@count", "$2", StringComparison.Ordinal)}");
        var orderLock = new PostgresDialect().OrderLock("@id")!;
        for (var time = 0; time < 8; time++)
        {
            await using var before = await database.BeginTransactionAsync();
            await database.ExecuteAsync(orderLock, new { id = ids[0] });
            await database.ExecuteAsync($"execute give ('{ids[0]}', 2000)");
            await before.CommitAsync();
        }

        await WriteAsync(ids[0], Many);
        await using var transaction = await database.BeginTransactionAsync();
        await database.ExecuteAsync(orderLock, new { id = ids[0] });
        var plan = JsonNode.Parse((await database.QuerySingleAsync<string>($"explain (analyze, format json) execute give ('{ids[0]}', 2000)")))![0]!["Plan"]!;
        await transaction.CommitAsync();

        Steps(plan).Sum(step => Number(step, "Actual Loops") * (Number(step, "Actual Rows") + Number(step, "Rows Removed by Filter") + Number(step, "Rows Removed by Join Filter")))
            .Should().BeLessThan(20 * Many, "{0}", plan);
        (await database.ExecuteScalarAsync<long>("select count(*) from events where organization_id = @id and position is not null", new { id = ids[0] })).Should().Be(2000 + events);

        Task WriteAsync(string organizationId, int count) => database.ExecuteAsync(
            """
            insert into events (organization_id, at, type, resource_type, resource_id, version, request_id, actor_kind, actor)
            select @organizationId, '', 'user.created', 'User', 'u' || i.value, 1, 'r', 'token', 't' from generate_series(1, @count) as i(value)
            """,
            new { organizationId, count });
    }

    private static double Number(JsonNode step, string name) => step[name]?.GetValue<double>() ?? 0;

    private static IEnumerable<JsonNode> Steps(JsonNode step) => (step["Plans"]?.AsArray() ?? []).SelectMany(inner => Steps(inner!)).Prepend(step);
}
