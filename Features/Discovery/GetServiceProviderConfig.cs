using System.Text.Json;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.SecurityEvents;

namespace ScimSlice.Features.Discovery;

/// <summary>GET /ServiceProviderConfig: what this service does and what it does not. RFC 7643 §5, RFC 7644 §4, RFC 9865 §4, RFC 9967 §4.</summary>
public static class GetServiceProviderConfig
{
    public const string Urn = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

    public static Query From(ScimRequest request) => new(request.Query.ContainsKey("filter"), request.Limits);

    public sealed record Query(bool HasFilter, ScimLimits Limits) : IQuery<ScimResponse>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler : IQueryHandler<Query, ScimResponse>
    {
        public ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            DiscoveryDocument.RefuseFilter(query.HasFilter);
            return ValueTask.FromResult<ScimResponse>(new ScimResponse.Document((writer, urls) => Write(writer, urls, query.Limits)));
        }

        private static void Write(Utf8JsonWriter writer, PublicUrls urls, ScimLimits limits)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("schemas");
            writer.WriteStringValue(Urn);
            writer.WriteEndArray();
            WriteSupport(writer, "patch", supported: true);
            WriteSupport(writer, "bulk", supported: true, ("maxOperations", limits.MaxBulkOperations), ("maxPayloadSize", limits.MaxLargeBodyBytes));
            WriteSupport(writer, "filter", supported: true, ("maxResults", limits.MaxPageSize));
            WriteSupport(writer, "changePassword", supported: false);
            WriteSupport(writer, "sort", supported: true);
            WriteSupport(writer, "etag", supported: true);
            writer.WriteStartObject("pagination");
            writer.WriteBoolean("cursor", true);
            writer.WriteBoolean("index", true);
            writer.WriteString("defaultPaginationMethod", "index");
            writer.WriteNumber("defaultPageSize", limits.DefaultPageSize);
            writer.WriteNumber("maxPageSize", limits.MaxPageSize);
            writer.WriteNumber("cursorTimeout", Cursor.Lifetime);
            writer.WriteEndObject();
            writer.WriteStartObject("securityEvents");
            writer.WriteString("asyncRequest", "request");
            writer.WriteStartArray("eventUris");
            foreach (var uri in EventUris.All)
            {
                writer.WriteStringValue(uri);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteStartArray("authenticationSchemes");
            writer.WriteStartObject();
            writer.WriteString("type", "oauthbearertoken");
            writer.WriteString("name", "OAuth Bearer Token");
            writer.WriteString("description", "A token of one organization in the Authorization header: Bearer TOKEN");
            writer.WriteString("specUri", "https://www.rfc-editor.org/info/rfc6750");
            writer.WriteBoolean("primary", true);
            writer.WriteEndObject();
            writer.WriteStartObject();
            writer.WriteString("type", "oauth2");
            writer.WriteString("name", "OAuth 2.0 client credentials");
            writer.WriteString("description", $"An access token for a client's secret or its assertion (RFC 7523), from {urls.TokenUrl}");
            writer.WriteString("specUri", "https://www.rfc-editor.org/info/rfc6749");
            writer.WriteEndObject();
            writer.WriteEndArray();
            DiscoveryDocument.WriteMeta(writer, "ServiceProviderConfig", $"{urls.BaseUrl}/ServiceProviderConfig");
            writer.WriteEndObject();
        }

        private static void WriteSupport(Utf8JsonWriter writer, string name, bool supported, params ReadOnlySpan<(string Name, int Value)> limits)
        {
            writer.WriteStartObject(name);
            writer.WriteBoolean("supported", supported);
            foreach (var limit in limits)
            {
                writer.WriteNumber(limit.Name, limit.Value);
            }

            writer.WriteEndObject();
        }
    }
}
