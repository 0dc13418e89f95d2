using System.Reflection;
using Dapper;
using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Features.OAuth;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>
/// A database that each landed version of the schema left is kept here, as a dump of either engine, and every later program has to
/// bring it up to date and serve it. Whoever adds a version adds the dump of the one before.
/// </summary>
public sealed class LandedVersionsTests
{
    private const string Token = "token-of-the-database-of-version-0001-0123456789";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_database_of_an_earlier_version_is_brought_up_to_date_and_serves_what_it_held(int version)
    {
        await using var started = await StartAsync(version);
        var client = started.CreateClient($"Bearer {Token}");

        var users = await client.FilterAsync("externalId pr");

        Status(started).IsCurrent.Should().BeTrue();
        users.UserNames.Should().Equal("Ana@example.com", "bob@example.com");
        users.TotalResults.Should().Be(2);
        var ana = await client.GetAsync($"/Users/{users.Resources[0]!["id"]}");
        ana.Body["meta"]!["version"]!.GetValue<string>().Should().Be("W/\"2\"");
        var rest = ana.Rest;
        rest.Remove("groups");
        rest.ShouldBeJson(
            """
            {
              "externalId": "00u1", "displayName": "Ana Ruiz", "title": "Lead",
              "name": { "givenName": "Ana", "familyName": "Ruíz" },
              "emails": [{ "value": "ana@example.com", "type": "work", "primary": true }],
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": "7", "department": "Küche" }
            }
            """);
        (await client.FilterAsync("emails.value sw \"ANA@\" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"küche\"")).TotalResults.Should().Be(1);
        (await client.FilterAsync("active eq false")).UserNames.Should().Equal("bob@example.com");
        (await client.FilterAsync("emails.value eq \"ANA@example.com\"")).UserNames.Should().Equal("Ana@example.com");
        (await client.GetAsync("/Users?cursor&count=1")).Body["nextCursor"].Should().NotBeNull();
    }

    [Fact]
    public async Task Users_of_version_2_are_found_by_their_addresses()
    {
        await using var started = await StartAsync(2);
        var client = started.CreateClient($"Bearer {Token}");

        (await client.FilterAsync("emails.value eq \"cora@home.example.org\"")).UserNames.Should().Equal("cora@example.com");
        (await client.FilterAsync("emails[type eq \"work\"].value eq \"cora@example.com\"")).UserNames.Should().Equal("cora@example.com");
    }

    [Fact]
    public async Task Users_of_version_3_are_taken_into_groups_and_found_by_what_was_marked()
    {
        await using var started = await StartAsync(3);
        var client = started.CreateClient($"Bearer {Token}");
        var ana = (await client.FilterAsync("title eq \"lead\" and userName sw \"ana\"")).Resources[0]!["id"]!.GetValue<string>();

        var group = await client.CreateGroupAsync("Leads", ana);

        (await client.FilterAsync($"groups.value eq \"{group.Id}\"")).UserNames.Should().Equal("Ana@example.com");
    }

    [Fact]
    public async Task Groups_of_version_4_have_their_members_and_their_role()
    {
        await using var started = await StartAsync(4);
        var client = started.CreateClient($"Bearer {Token}");

        var ana = (await client.FilterAsync("userName sw \"ana\"")).Resources[0]!;

        ana["groups"]![0]!["display"]!.GetValue<string>().Should().Be("Leads");
        (await started.SendAsync(new ListRoleMappings.Query("acme"))).Should().ContainSingle().Which.Role.Should().Be("editor");
        (await started.SendAsync(new ListAuditRecords.Query("acme"))).Records.Should().BeEmpty("nothing has happened since");
    }

    [Fact]
    public async Task Clients_and_the_audit_of_version_5_are_there_and_events_begin()
    {
        await using var started = await StartAsync(5);
        var client = started.CreateClient($"Bearer {Token}");

        (await client.CreateUserAsync("cleo@example.com")).Status.Should().Be(201);

        (await started.SendAsync(new ListClients.Query("acme", Trusts: false))).Clients.Should().ContainSingle().Which.Name.Should().Be("entra");
        (await started.SendAsync(new ListClients.Query("acme", Trusts: true))).Clients.Should().ContainSingle().Which.Issuer.Should().Be("https://idp.example.com/v2.0");
        (await started.SendAsync(new ListAuditRecords.Query("acme", Refused: true))).Records.Should().ContainSingle().Which.Status.Should().Be(404);
        var issued = await started.SendAsync(new IssueToken.Command("acme", "app", TokenScope.Events, null));
        var told = (await started.CreateClient($"Bearer {issued.Secret}").GetApiAsync("/events")).Body["events"]!.AsArray();
        told.Should().ContainSingle().Which!["position"]!.GetValue<long>().Should().Be(1);
    }

    [Fact]
    public async Task Events_and_what_waits_for_a_webhook_of_version_6_go_on()
    {
        await using var started = await StartAsync(6);

        var issued = await started.SendAsync(new IssueToken.Command("acme", "app", TokenScope.Events, null));
        var told = (await started.CreateClient($"Bearer {issued.Secret}").GetApiAsync("/events")).Body["events"]!.AsArray();
        var webhook = (await started.SendAsync(new ListWebhooks.Query("acme"))).Webhooks.Should().ContainSingle().Which;

        told.Select(one => one!["type"]!.GetValue<string>()).Should().Equal("user.created", "user.deactivated", "user.deleted");
        (webhook.Delivery, webhook.Mode, webhook.Position).Should().Be(("webhook", null, 3));
        (await started.SendAsync(new ListDeliveries.Query("acme", webhook.Id, Dead: false, null, 10))).Deliveries.Should().HaveCount(2);
    }

    [Fact]
    public async Task Its_rules_hold_and_who_was_deleted_there_comes_back()
    {
        await using var started = await StartAsync(1);
        var client = started.CreateClient($"Bearer {Token}");
        var gone = (await started.SendAsync(new ListDeletedUsers.Query("acme", null))).Should().ContainSingle().Which;

        var refused = await client.PostAsync("/Users", ScimClient.User("eve@elsewhere.com"));
        var before = await client.GetAsync($"/Users/{gone.Id}");
        await started.SendAsync(new RestoreUser.Command("acme", gone.Id));

        refused.ShouldBeError(400, "invalidValue");
        before.ShouldBeError(404);
        gone.UserName.Should().Be("gone@example.com");
        (await client.GetAsync($"/Users/{gone.Id}")).Body["displayName"]!.GetValue<string>().Should().Be("Gone");
        (await client.GetAsync("/Users?count=0")).TotalResults.Should().Be(3);
        (await client.CreateUserAsync("new@example.com")).Body["role"]!.GetValue<string>().Should().Be("member");
    }

    [Fact]
    public async Task There_is_a_database_of_every_version_but_the_latest()
    {
        await using var started = await StartAsync(1);

        var versions = Status(started).Migrations.Select(migration => migration.Version).SkipLast(1).ToArray();

        versions.Should().NotBeEmpty();
        foreach (var engine in (string[])["Sqlite", "Postgres"])
        {
            versions.Should().OnlyContain(version => HasDump(engine, version), $"Tests/Storage/Versions/{engine} has a dump of each");
        }
    }

    /// <summary>Starts the server on a database as that version left it. Its tombstones are older than the usual retention time.</summary>
    private static async Task<ScimHost> StartAsync(int version)
    {
        var host = new ScimHost { Settings = ["--ScimSlice:Retention:DeletedUsers", "forever"] };
        await using (var connection = host.OpenDatabase())
        {
            await connection.ExecuteAsync(ReadDump(TestDatabase.Provider, version));
        }

        await host.InitializeAsync();
        return host;
    }

    private static MigrationStatus Status(ScimHost host) => host.Services.GetService(typeof(IDatabase)).Should().BeAssignableTo<IDatabase>().Which.ReadMigrations();

    private static bool HasDump(string engine, long version) =>
        Assembly.GetExecutingAssembly().GetManifestResourceInfo(Name(engine, version)) is not null;

    private static string ReadDump(string engine, long version)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Name(engine, version))!);
        return reader.ReadToEnd();
    }

    private static string Name(string engine, long version) => $"Versions/{engine}/{version:0000}.sql";
}
