using System.Data.Common;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;
using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>The real server on a port of its own, over a database of its own. One for each test class.</summary>
public sealed class ScimHost : IAsyncLifetime, IAsyncDisposable
{
    private static int names;

    private WebApplication? app;

    public ScimHost() => Database = new TestDatabase(DatabaseFile);

    /// <summary>The folder that the database lies in; deleted at the end.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("scimslice-test-").FullName;

    /// <summary>The database, where the tests run on SQLite.</summary>
    public string DatabaseFile => Path.Combine(Folder, "scimslice.db");

    public TestDatabase Database { get; }

    /// <summary>The clock that the server reads; moved by hand.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>The server's own services, for tests of a handler.</summary>
    public IServiceProvider Services => app!.Services;

    /// <summary>The origin that the server listens on: <c>http://127.0.0.1:40123</c>.</summary>
    public Uri Origin => new(app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Further command line configuration; to be set before the start.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public async Task InitializeAsync() => app = await Program.StartAsync(
        [
            "--urls", "http://127.0.0.1:0",
            "--ScimSlice:Database:Provider", TestDatabase.Provider,
            "--ScimSlice:Database:ConnectionString", Database.ConnectionString,
            .. Settings,
        ],
        services => services.AddSingleton<TimeProvider>(Clock));

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await app!.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Stops the server and starts it again on the same file; it listens on another port.</summary>
    public async Task RestartAsync()
    {
        await app!.DisposeAsync();
        await InitializeAsync();
    }

    /// <summary>A client with the same token, at the port that the server listens on now.</summary>
    public ScimClient Reconnect(ScimClient client) => new(Origin, client.Organization, client.TokenId, client.Authorization);

    /// <summary>A connection to the database beside the server's own, as an operator's tool would have.</summary>
    public DbConnection OpenDatabase() => Database.Open();

    /// <summary>All that the database holds, as one text: what must not be there is searched in it.</summary>
    public string ReadDatabase() => Database.Read();

    /// <summary>A new organization with a token, and a client that sends it.</summary>
    public async Task<ScimClient> CreateOrganizationAsync(TokenScope scope = TokenScope.Write)
    {
        var name = $"organization-{Interlocked.Increment(ref names)}";
        await SendAsync(new CreateOrganization.Command(name));
        return await CreateTokenAsync(name, scope);
    }

    /// <summary>A further token of an organization, and a client that sends it.</summary>
    public async Task<ScimClient> CreateTokenAsync(string organization, TokenScope scope = TokenScope.Write, TimeSpan? lifetime = null)
    {
        var issued = await SendAsync(new IssueToken.Command(organization, "test", scope, lifetime));
        return new ScimClient(Origin, organization, issued.Token.Id, $"Bearer {issued.Secret}");
    }

    /// <summary>A client that sends this Authorization header, or none.</summary>
    public ScimClient CreateClient(string? authorization = null) => new(Origin, "", "", authorization);

    /// <summary>Sends a command as the command line does.</summary>
    public async Task<T> SendAsync<T>(ICommand<T> command)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(command);
    }

    /// <summary>Sends a query as the command line does.</summary>
    public async Task<T> SendAsync<T>(IQuery<T> query)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(query);
    }

    /// <summary>What the client's token grants.</summary>
    public async Task<TokenGrant> GrantOfAsync(ScimClient client) =>
        (await Services.GetRequiredService<TokenDirectory>().FindAsync(client.Authorization!["Bearer ".Length..], CancellationToken.None)).Grant!;

    /// <summary>Runs a command's handler alone, in a unit of work, for the client's organization.</summary>
    internal async Task<ScimResponse> HandleAsync<THandler, TCommand>(ScimClient client, TCommand command)
        where THandler : ICommandHandler<TCommand, ScimResponse>
        where TCommand : ICommand<ScimResponse>
    {
        await using var scope = await ScopeOfAsync(client);
        var handler = scope.ServiceProvider.GetRequiredService<THandler>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().RunAsync(token => handler.Handle(command, token), CancellationToken.None);
    }

    /// <summary>Runs a query's handler alone, for the client's organization.</summary>
    internal async Task<ScimResponse> AskAsync<THandler, TQuery>(ScimClient client, TQuery query)
        where THandler : IQueryHandler<TQuery, ScimResponse>
        where TQuery : IQuery<ScimResponse>
    {
        await using var scope = await ScopeOfAsync(client);
        return await scope.ServiceProvider.GetRequiredService<THandler>().Handle(query, CancellationToken.None);
    }

    private async Task<AsyncServiceScope> ScopeOfAsync(ScimClient client)
    {
        var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentOrganization>().Set(await GrantOfAsync(client));
        return scope;
    }

    public Task<OrganizationRow> ChangeRulesAsync(
        ScimClient client, string[]? emailDomains = null, string[]? roles = null, string? defaultRole = null, bool? strict = null) =>
        SendAsync(new ChangeOrganization.Command(client.Organization, emailDomains, roles, defaultRole, strict));
}
