using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.SecurityEvents;

namespace ScimSlice.Features.Bulk;

/// <summary>What a Bulk request that is carried out later has become so far, as it is kept.</summary>
internal static class BulkProgress
{
    /// <summary>What has come between two states of a run, with the places of the operations.</summary>
    public static IEnumerable<(int Index, BulkResult Result)> Between(BulkRun before, BulkRun after) =>
        after.Results.Select((result, index) => (index, result)).Where(pair => pair.result is not null && before.Results[pair.index] is null).Select(pair => (pair.index, pair.result!));

    /// <summary>What became of an operation, as it is kept and as it is told.</summary>
    public static DeferredResult Keep(int index, BulkResult result, OperationTable table, AuditTrail trail) => new(
        index,
        Keep(table, result, result.Error?.Detail, trail.RequestId, isTold: false),
        Keep(table, result, result.Error is { } error ? trail.Redacted(error.Marked) : null, trail.RequestId, isTold: true));

    /// <summary>The run with what was done before in its places.</summary>
    public static BulkRun Resume(BulkRun run, IReadOnlyList<ResultRow> before)
    {
        foreach (var row in before.Where(row => row.Number < run.Operations.Count))
        {
            using var kept = JsonDocument.Parse(row.Result);
            var json = kept.RootElement;
            var status = int.Parse(Text(json, "status") ?? "", CultureInfo.InvariantCulture);
            var error = json.TryGetProperty("response", out var response) ? ScimException.Told(status, Text(response, "scimType"), Text(response, "detail") ?? "") : null;
            run.Note((int)row.Number, new BulkResult(run.Operations[(int)row.Number], status, Text(json, "location"), Text(json, "version"), error));
        }

        return run;
    }

    private static string Keep(OperationTable table, BulkResult result, string? detail, string requestId, bool isTold)
    {
        var (operation, error) = (result.Operation, result.Error);
        var made = result.Location is { } location && error is null ? location[(location.LastIndexOf('/') + 1)..] : operation.Id;
        return CompletedOperation.Keep(
            table.Endpoint(operation.Endpoint), made, operation.Method, result.Status, result.Version, operation.BulkId,
            error is null ? null : json => ScimException.Write(json, error.Status, error.ScimType, ScimException.WithRequest(detail ?? "", requestId)), isTold);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
