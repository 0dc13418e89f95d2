using System.Buffers;
using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>The claims of a security event token that tells what an event of ours tells. RFC 8417 §2.2, RFC 9967 §2.</summary>
/// <param name="urls">Below which resources are.</param>
/// <param name="issuer">Who says it, a URL.</param>
/// <param name="audience">Whom it is for.</param>
/// <param name="isFull">Whether it holds values, or only the names of the attributes.</param>
internal sealed class SecurityEventClaims(PublicUrls urls, string issuer, string audience, bool isFull)
{
    /// <summary>The claims as JSON.</summary>
    /// <param name="id">What the token is called.</param>
    /// <param name="externalId">The identity provider's id of the resource, where it is known.</param>
    public string Of(ChangeEvent told, string id, string? externalId, DateTimeOffset now)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("iss", issuer);
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteString("jti", id);
            writer.WriteString("aud", audience);
            writer.WriteString("txn", told.RequestId);
            if (DateTimeValue.TryParse(told.At, out var at))
            {
                writer.WriteNumber("toe", at.ToUnixTimeSeconds());
            }

            if (told.Type == EventTypes.RequestCompleted)
            {
                WriteCompleted(writer, told);
            }
            else
            {
                WriteSubject(writer, $"{Endpoint(told)}/{told.ResourceId}", told.ResourceId, EventValues.ExternalIdIn(told) ?? externalId);
                writer.WriteStartObject("events");
                WriteEvents(writer, told);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Endpoint(ChangeEvent told) => told.ResourceType == "Group" ? "/Groups" : "/Users";

    /// <summary>RFC 9967 §2: the path below the base URL, and what else names the resource.</summary>
    private static void WriteSubject(Utf8JsonWriter writer, string uri, string? id, string? externalId)
    {
        writer.WriteStartObject("sub_id");
        writer.WriteString("format", "scim");
        writer.WriteString("uri", uri);
        if (externalId is not null)
        {
            writer.WriteString("externalId", externalId);
        }

        if (id is not null)
        {
            writer.WriteString("id", id);
        }

        writer.WriteEndObject();
    }

    private void WriteEvents(Utf8JsonWriter writer, ChangeEvent told)
    {
        switch (told.Type)
        {
            case EventTypes.UserDeleted or EventTypes.GroupDeleted:
                WriteEmpty(writer, EventUris.Delete);
                break;
            case EventTypes.UserCreated or EventTypes.GroupCreated or EventTypes.UserRestored:
                WriteCreate(writer, told);
                break;
            case EventTypes.UserDeactivated:
                WriteEmpty(writer, EventUris.Deactivate);
                WritePatch(writer, told);
                break;
            case EventTypes.UserReactivated:
                WriteEmpty(writer, EventUris.Activate);
                WritePatch(writer, told);
                break;
            case EventTypes.UserUpdated or EventTypes.GroupUpdated when told.Method == "PUT" && !isFull:
                WriteNotice(writer, EventUris.PutNotice, EventValues.Of(told), told);
                break;
            default:
                WritePatch(writer, told);
                break;
        }
    }

    private static void WriteEmpty(Utf8JsonWriter writer, string uri)
    {
        writer.WriteStartObject(uri);
        writer.WriteEndObject();
    }

    /// <summary>Of a user that was erased meanwhile nothing but the event is left, which is a notice then.</summary>
    private void WriteCreate(Utf8JsonWriter writer, ChangeEvent told)
    {
        var values = EventValues.Of(told);
        if (isFull && told.AfterValues is not null)
        {
            writer.WriteStartObject(EventUris.CreateFull);
            writer.WriteStartObject("data");
            values.WriteResource(writer, told);
            writer.WriteEndObject();
            WriteVersion(writer, told);
        }
        else
        {
            WriteNotice(writer, EventUris.CreateNotice, values, told);
        }
    }

    private void WritePatch(Utf8JsonWriter writer, ChangeEvent told)
    {
        var values = EventValues.Of(told);
        if (isFull && !values.IsEmpty)
        {
            writer.WriteStartObject(EventUris.PatchFull);
            writer.WriteStartObject("data");
            values.WritePatch(writer);
            writer.WriteEndObject();
            WriteVersion(writer, told);
        }
        else
        {
            WriteNotice(writer, EventUris.PatchNotice, values, told);
        }
    }

    private static void WriteNotice(Utf8JsonWriter writer, string uri, EventValues values, ChangeEvent told)
    {
        writer.WriteStartObject(uri);
        values.WriteNames(writer);
        WriteVersion(writer, told);
    }

    private static void WriteVersion(Utf8JsonWriter writer, ChangeEvent told)
    {
        writer.WriteString("version", EntityTag.Of(told.Version));
        writer.WriteEndObject();
    }

    /// <summary>RFC 9967 §2.5.1.3: what the request, or an operation of it, would have been answered.</summary>
    private void WriteCompleted(Utf8JsonWriter writer, ChangeEvent told)
    {
        using var result = JsonDocument.Parse(told.AfterValues ?? "{}");
        var path = result.RootElement.TryGetProperty("path", out var text) ? text.GetString() ?? "/" : "/";
        var slash = path.LastIndexOf('/');
        WriteSubject(writer, path, slash > 0 ? path[(slash + 1)..] : null, null);
        writer.WriteStartObject("events");
        writer.WritePropertyName(EventUris.AsyncResponse);
        CompletedOperation.Write(writer, result.RootElement, urls);
        writer.WriteEndObject();
    }
}
