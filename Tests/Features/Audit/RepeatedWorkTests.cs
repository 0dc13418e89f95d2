using FluentAssertions;
using Mediator;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ScimSlice.Features.Audit;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Audit;

/// <summary>Work that is undone and tried again after a fault of the moment is told as what it did in the end.</summary>
public sealed class RepeatedWorkTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_change_that_is_undone_and_then_found_made_is_in_the_log_as_one_that_changed_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var organization = scope.ServiceProvider.GetRequiredService<CurrentOrganization>();
        organization.Set(await host.GrantOfAsync(client));
        var trail = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        trail.Request = new RequestNote("PATCH", "/scim/v2/Users/again");
        var transaction = ActivatorUtilities.CreateInstance<TransactionBehavior<Message, int>>(scope.ServiceProvider);
        var audit = ActivatorUtilities.CreateInstance<AuditBehavior<Message, int>>(scope.ServiceProvider);
        var attempts = 0;

        await transaction.Handle(
            new Message(),
            async (message, token) =>
            {
                var result = await audit.Handle(
                    message,
                    (_, _) =>
                    {
                        if (attempts++ == 0)
                        {
                            trail.Changed("User", "again", 2);
                        }

                        return ValueTask.FromResult(0);
                    },
                    token);
                return attempts == 1 ? throw OfTheMoment() : result;
            },
            CancellationToken.None);
        trail.Answered(200);

        IReadOnlyList<LoggedRequest> told = [];
        await Eventually.BeAsync(async () => (told = await host.SendAsync(new ReadLog.Query(client.Organization, Request: trail.RequestId))).Count > 0);
        attempts.Should().Be(2);
        told.Should().ContainSingle().Which.Record.Should().Match<AuditRecord>(record => record.Operation == null && record.Status == 200 && record.Path == "/scim/v2/Users/again");
    }

    private static Exception OfTheMoment() => TestDatabase.IsPostgres
        ? new PostgresException("could not serialize access", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure)
        : new SqliteException("database is locked", SQLitePCL.raw.SQLITE_BUSY);

    private sealed record Message : IBaseCommand;
}
