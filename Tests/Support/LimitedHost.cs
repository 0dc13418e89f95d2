using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>A server whose limits are all small, so that each is reached with little.</summary>
public sealed class LimitedHost : IAsyncLifetime
{
    public ScimHost Value { get; } = new()
    {
        Settings = [.. new Dictionary<string, int>
        {
            ["MaxBodyBytes"] = 4096,
            ["MaxLargeBodyBytes"] = 8192,
            ["MaxBodyMemory"] = 65536,
            ["MaxJsonDepth"] = 10,
            ["MaxJsonTokens"] = 1000,
            ["MaxFilterLength"] = 300,
            ["MaxFilterDepth"] = 3,
            ["MaxFilterTerms"] = 4,
            ["MaxPatchOperations"] = 3,
            ["MaxBulkOperations"] = 5,
            ["MaxPageSize"] = 7,
            ["DefaultPageSize"] = 5,
            ["MaxRequestLineBytes"] = 2048,
            ["MaxHeaderBytes"] = 1024,
            ["MaxHeaderCount"] = 10,
        }.SelectMany(limit => (string[])[$"--ScimSlice:Limits:{limit.Key}", $"{limit.Value}"])],
    };

    public Task InitializeAsync() => Value.InitializeAsync();

    public Task DisposeAsync() => Value.DisposeAsync();
}
