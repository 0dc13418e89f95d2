using System.Diagnostics;
using ScimSlice.Features.OAuth;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Fuzz;

/// <summary>
/// The real program as a process of its own with little memory: one that keeps what it is sent, or that a request makes hold too much,
/// fails for want of memory, and one that ends is seen to end. A second server on the same database makes the organizations.
/// </summary>
public sealed class FuzzServer : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>Bytes of managed memory that the server may hold, garbage included (DOTNET_GCHeapHardLimit).</summary>
    private const long HeapLimit = 192 * 1024 * 1024;

    private const string Token = "the-first-token-of-the-fuzzed-server-0123456789";

    private readonly ScimProgram program = new();
    private ScimHost? maker;

    public async Task InitializeAsync()
    {
        program["DOTNET_GCHeapHardLimit"] = $"{HeapLimit:x}";
        program["ScimSlice__Bootstrap__Token"] = Token;
        program["ScimSlice__Limits__RequestsPerSecond"] = "0";
        program["ScimSlice__Limits__FailedAttemptsPerMinute"] = "0";
        program["ScimSlice__Outbound__AllowedNetworks"] = "127.0.0.0/8";
        await program.ServeAsync();
        maker = new ScimHost { Settings = ["--ScimSlice:Database:ConnectionString", program.Database.ConnectionString, "--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8"] };
        await maker.InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await maker!.DisposeAsync();
        await program.DisposeAsync();
    }

    /// <summary>A client of a new organization.</summary>
    public async Task<ScimClient> CreateOrganizationAsync()
    {
        var made = await maker!.CreateOrganizationAsync();
        return new ScimClient(program.Origin!, made.Organization, made.TokenId, made.Authorization);
    }

    /// <summary>A client with a further token of the organization.</summary>
    public async Task<ScimClient> CreateTokenAsync(ScimClient owner, TokenScope scope)
    {
        var made = await maker!.CreateTokenAsync(owner.Organization, scope);
        return new ScimClient(program.Origin!, made.Organization, made.TokenId, made.Authorization);
    }

    /// <summary>The id of a new endpoint of the organization.</summary>
    public async Task<string> CreateWebhookAsync(ScimClient owner, string? url, string delivery) =>
        (await maker!.SendAsync(new CreateWebhook.Command(owner.Organization, url, [], delivery))).Webhook.Id;

    /// <summary>Where the server listens.</summary>
    public Uri Origin => program.Origin!;

    /// <summary>A new OAuth client of the organization, and its secret.</summary>
    public async Task<(string Id, string Secret)> CreateClientAsync(ScimClient owner)
    {
        var made = await maker!.SendAsync(new CreateClient.Command(owner.Organization, "fuzz", TokenScope.Write, TimeSpan.FromDays(1)));
        return (made.Client.Id, made.Secret);
    }

    /// <summary>The id of a new client that is known by assertions.</summary>
    public async Task<string> CreateTrustAsync(ScimClient owner, Trust trust) =>
        (await maker!.SendAsync(new CreateTrust.Command(owner.Organization, "fuzz", trust, TokenScope.Write))).Id;

    /// <summary>All that is stored of an organization, but for the time at which it is asked.</summary>
    public async Task<string> ExportAsync(ScimClient client)
    {
        var text = await Transfer.ExportAsync(maker!, client.Organization, secrets: false);
        return text[text.IndexOf('\n')..];
    }

    /// <summary>The most bytes of memory that the process has had by now, its own and that of its libraries.</summary>
    public long PeakMemory()
    {
        using var process = Process.GetProcessById(program.ProcessId);
        return process.PeakWorkingSet64;
    }
}
