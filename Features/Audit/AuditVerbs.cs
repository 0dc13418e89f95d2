using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.CommandLine;

namespace ScimSlice.Features.Audit;

/// <summary>The verb <c>audit</c>.</summary>
internal static class AuditVerbs
{
    public static Command Create()
    {
        var organization = VerbRunner.OrganizationArgument();
        var since = new Option<TimeSpan?>("--since") { Description = "How far back, such as 24h or 7d", CustomParser = VerbRunner.ParseLifetime };
        var refused = new Option<bool>("--refused") { Description = "Only what was refused" };
        var resource = new Option<string?>("--resource") { Description = "Only what names the resource with this id" };
        var actor = new Option<string?>("--actor") { Description = "Only what this token, client or account did" };
        var request = new Option<string?>("--request") { Description = "Only the request with this id" };
        var limit = new Option<int>("--limit") { Description = $"Records at most, {ListAuditRecords.MaxRecords} and less; the latest are shown", DefaultValueFactory = _ => 100 };
        var audit = new Command("audit", "Show who changed what in an organization, and what was refused") { organization, since, refused, resource, actor, request, limit };
        return audit.Sends(async (sender, parsed, cancellationToken) =>
        {
            var result = await sender.Send(
                new ListAuditRecords.Query(
                    parsed.GetRequiredValue(organization),
                    parsed.GetValue(since),
                    parsed.GetValue(refused),
                    parsed.GetValue(resource),
                    parsed.GetValue(actor),
                    parsed.GetValue(request),
                    parsed.GetValue(limit)),
                cancellationToken);
            parsed.PrintEach(result.Records, (json, record) => Write(json, result.Organization.Name, record), Line);
        });
    }

    private static string Line(AuditRecord record)
    {
        var what = !record.IsRefused
            ? $"{record.Operation} {record.ResourceType} {record.ResourceId}{(record.Version is { } version ? $" version {version}" : "")}"
            : $"refused {record.Status}{(record.ScimType is null ? "" : $" {record.ScimType}")} {record.Method} {record.Path}".TrimEnd();
        return $"{record.At}  {record.ActorKind} {record.Actor}  {what}{(record.Times > 1 ? $"  {record.Times} times" : "")}  request {record.RequestId}";
    }

    private static void Write(Utf8JsonWriter json, string organization, AuditRecord record)
    {
        json.WriteStartObject();
        json.WriteString("id", record.Id);
        json.WriteString("organization", organization);
        json.WriteString("at", record.At);
        json.WriteString("requestId", record.RequestId);
        json.WriteString("actorKind", record.ActorKind);
        json.WriteString("actor", record.Actor);
        json.WriteString("operation", record.Operation);
        json.WriteString("resourceType", record.ResourceType);
        json.WriteString("resourceId", record.ResourceId);
        WriteNumber(json, "version", record.Version);
        json.WriteString("method", record.Method);
        json.WriteString("path", record.Path);
        WriteNumber(json, "status", record.Status);
        json.WriteString("scimType", record.ScimType);
        json.WriteNumber("times", record.Times);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
