using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ScimSlice.Features.Audit;
using ScimSlice.Features.Bulk;
using ScimSlice.Features.Deferred;
using ScimSlice.Features.Discovery;
using ScimSlice.Features.Events;
using ScimSlice.Features.Groups;
using ScimSlice.Features.OAuth;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Search;
using ScimSlice.Features.Users;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice;

/// <summary>Serves SCIM, or runs a verb. Services stand here one line per area, routes one line per operation.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            // Arguments that begin with a dash are configuration (--urls, --ScimSlice:PublicBaseUrl …), all others a verb.
            if (args.Length > 0 && (!args[0].StartsWith('-') || args[0] is "-h" or "-?" or "--help" or "--version"))
            {
                return await VerbRunner.InvokeAsync(Verbs(), args);
            }

            await using var app = await StartAsync(args);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception fault) when (fault is ConfigurationException or StorageException or ScimException or PlatformNotSupportedException)
        {
            return VerbRunner.Fail(fault);
        }
    }

    /// <summary>A server that listens and has said so. Throws <see cref="ConfigurationException"/> with every fault of the settings.</summary>
    public static async Task<WebApplication> StartAsync(string[] args, Action<IServiceCollection>? replaceServices = null)
    {
        var builder = ConfigurationSources.CreateBuilder(args);
        var options = ScimSliceOptions.ReadValid(builder.Configuration);
        FoldedKey.RequireUnicode();
        builder.AddScimHttp(options);
        builder.Services.AddStorage(options.Database);
        builder.Services.AddOrganizations(options.Retention, options.Schemas);
        builder.Services.AddHostedService<TombstonePurge>();
        builder.Services.AddAudit(Actor.Service).AddAuditWork().AddOAuth(options.AccessTokenLifetime, options.AllowedNetworks).AddWebhooks(options.Webhooks).AddDeferredWork();
        builder.Services.AddMediation().AddTelemetry(builder.Configuration);
        replaceServices?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseScimHttp();
        MapRoutes(app);

        app.Services.GetRequiredService<IDatabase>().Migrate(app.Services.GetRequiredService<TimeProvider>());
        if (await app.Services.SendAsync(new BootstrapOrganization.Command(options.BootstrapOrganization, options.BootstrapToken)) is { } issued)
        {
            // Said before the server listens: should it not be able to, the secret must not be lost with it.
            Console.Out.WriteLine(StartNotice.FirstToken(issued.Organization.Name, issued.Secret));
        }

        await app.ListenAsync();
        new StartNotice(app.Services.GetRequiredService<PublicAddress>(), options).WriteTo(Console.Out);
        return app;
    }

    private static void MapRoutes(WebApplication app)
    {
        // A path without a version means the latest (RFC 7644 §3.13).
        app.Services.GetRequiredService<DeferredOperations>().Use(AddRequest.From, RunRequest.From);
        MapScim(app.MapGroup(PublicAddress.ScimPath));
        MapScim(app.MapGroup(PublicAddress.UnversionedPath));
        MapApi(app.MapGroup(ApiEndpoints.Path));
        app.MapToken(AuthenticateClient.From, IssueAccessToken.From);
        app.MapHealth();
    }

    private static void MapScim(RouteGroupBuilder scim)
    {
        var users = scim.MapResource("/Users");
        users.MapWrite("POST", "/", CreateUser.From);
        users.MapRead("GET", "/", ListUsers.From);
        users.MapRead("POST", "/.search", ListUsers.FromSearch);
        users.MapRead("GET", "/{id}", GetUser.From);
        users.MapWrite("PUT", "/{id}", ReplaceUser.From);
        users.MapWrite("PATCH", "/{id}", PatchUser.From);
        users.MapWrite("DELETE", "/{id}", DeactivateUser.From);

        var groups = scim.MapResource("/Groups", large: true);
        groups.MapWrite("POST", "/", CreateGroup.From);
        groups.MapRead("GET", "/", ListGroups.From);
        groups.MapRead("POST", "/.search", ListGroups.FromSearch);
        groups.MapRead("GET", "/{id}", GetGroup.From);
        groups.MapWrite("PUT", "/{id}", ReplaceGroup.From);
        groups.MapWrite("PATCH", "/{id}", PatchGroup.From);
        groups.MapWrite("DELETE", "/{id}", DeleteGroup.From);

        scim.MapRead("GET", "/", SearchResources.From);
        scim.MapRead("POST", "/.search", SearchResources.FromSearch);
        scim.MapWrite("POST", "/Bulk", RunBulk.From, large: true);

        scim.MapCostlyRead("/.async/{id}", GetCompletion.From);
        scim.MapRead("GET", "/ServiceProviderConfig", GetServiceProviderConfig.From);
        scim.MapRead("GET", "/ResourceTypes", ListResourceTypes.From);
        scim.MapRead("GET", "/ResourceTypes/{id}", GetResourceType.From);
        scim.MapRead("GET", "/Schemas", ListSchemas.From);
        scim.MapRead("GET", "/Schemas/{id}", GetSchema.From);
    }

    private static void MapApi(RouteGroupBuilder api)
    {
        api.MapFeed("/events", ListEvents.From, ListEvents.Operation);
        api.MapApi("/users", ListSnapshotUsers.From, ListSnapshotUsers.Operation);
        api.MapApi("/groups", ListSnapshotGroups.From, ListSnapshotGroups.Operation);
        api.MapApi("/members", ListSnapshotMembers.From, ListSnapshotMembers.Operation);
        api.MapApi("/unacknowledged", ListUnacknowledged.From, ListUnacknowledged.Operation);
        api.MapApiAction("/events/{id}/ack", AcknowledgeEvent.From, AcknowledgeEvent.Operation);
        api.MapApi("/deliveries", ListDeliveries.From, ListDeliveries.Operation);
        api.MapApiAction("/webhooks/{id}/redeliver", RetryDeliveries.From, RetryDeliveries.Operation);
        api.MapPoll("/webhooks/{id}/poll", PollEvents.From, PollEvents.Operation);
        api.MapPublic("/issuers/{id}/jwks.json", ListSigningKeys.From, ListSigningKeys.Operation);
        api.MapApi("/requests", ListRequests.From, ListRequests.Operation);
        api.MapOpenApi();
    }

    private static RootCommand Verbs() => new("ScimSlice serves SCIM 2.0. Without a verb it serves; the verbs below administer it.")
    {
        OrganizationVerbs.Create(), TokenVerbs.Create(), ClientVerbs.Create(), TrustVerbs.Create(), UserVerbs.Create(EventVerbs.Unacknowledged()), WebhookVerbs.Create(), AuditVerbs.Create(), LogVerbs.Create(), TransferVerbs.Export(), TransferVerbs.Import(), BackupVerb.Create(), MigrateVerb.Create(), ConfigVerb.Create(), HealthcheckVerb.Create(),
    };
}
