using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Fuzz;

/// <summary>What all fuzz tests have in common. <c>SCIMSLICE_FUZZ_SEEDS</c> says how many seeds are tried, <c>SCIMSLICE_FUZZ_FIRST</c> with which they begin.</summary>
internal static class Fuzzing
{
    public const int RequestsOfASeed = 250;

    /// <summary>Bytes of the process: its heap, which is limited, and what the runtime and the database take beside it.</summary>
    public const long MaxMemory = 600L * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The seeds to try.</summary>
    /// <param name="unlessSet">How many, unless the setting says so.</param>
    /// <param name="share">One seed stands for so many of the others.</param>
    public static IEnumerable<int> Seeds(int unlessSet, int share = 1) =>
        Enumerable.Range(Setting("SCIMSLICE_FUZZ_FIRST", 1), (Setting("SCIMSLICE_FUZZ_SEEDS", unlessSet) + share - 1) / share);

    /// <summary>Throws, with the seed and the request, where there is no answer in time.</summary>
    public static async Task<ScimAnswer> AnswerAsync(int seed, ScimClient client, OddRequest request)
    {
        try
        {
            return await client.SendBytesAsync(request.Method, request.Path, request.Body, request.Headers).WaitAsync(Patience);
        }
        catch (Exception fault) when (fault is HttpRequestException or TimeoutException)
        {
            throw new InvalidOperationException($"Seed {seed} had no answer to {request}", fault);
        }
    }

    /// <summary>The body; null where it is none or no JSON object.</summary>
    public static JsonObject? Read(ScimAnswer answer)
    {
        try
        {
            return JsonNode.Parse(answer.Text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int Setting(string name, int unlessSet) => int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{unlessSet}", CultureInfo.InvariantCulture);
}
