using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Discovery;

/// <summary>GET /Schemas/{urn}: one schema. RFC 7643 §7, RFC 7644 §4.</summary>
public static class GetSchema
{
    public static Query From(ScimRequest request) => new(request.Schemas, request.Id, request.Query.ContainsKey("filter"));

    public sealed record Query(SchemaRegistry Registry, string Urn, bool HasFilter) : IQuery<ScimResponse>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler : IQueryHandler<Query, ScimResponse>
    {
        public ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            DiscoveryDocument.RefuseFilter(query.HasFilter);
            var schema = query.Registry.Schema(query.Urn) ?? throw ScimException.NotFound($"There is no schema '{Excerpt.Of(query.Urn)}'.");
            return ValueTask.FromResult<ScimResponse>(new ScimResponse.Document((writer, urls) => DiscoveryDocument.Write(writer, urls, schema)));
        }
    }
}
