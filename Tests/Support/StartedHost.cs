namespace ScimSlice.Tests.Support;

/// <summary>A server with settings of its own, for one test.</summary>
public sealed class StartedHost : IAsyncDisposable
{
    private StartedHost(ScimHost host) => Value = host;

    public ScimHost Value { get; }

    public static async Task<StartedHost> StartAsync(params string[] settings)
    {
        var host = new ScimHost { Settings = settings };
        await host.InitializeAsync();
        return new StartedHost(host);
    }

    public async ValueTask DisposeAsync() => await Value.DisposeAsync();
}
