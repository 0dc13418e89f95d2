using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Discovery;

/// <summary>GET /Schemas: every schema of the organization, unpaged. RFC 7643 §7, RFC 7644 §4.</summary>
public static class ListSchemas
{
    public static Query From(ScimRequest request) => new(request.Schemas, request.Query.ContainsKey("filter"));

    public sealed record Query(SchemaRegistry Registry, bool HasFilter) : IQuery<ScimResponse>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler : IQueryHandler<Query, ScimResponse>
    {
        public ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            DiscoveryDocument.RefuseFilter(query.HasFilter);
            var schemas = query.Registry.Schemas;
            return ValueTask.FromResult<ScimResponse>(new ScimResponse.Document((writer, urls) =>
                ListResponse.Write(writer, schemas.Count, index => DiscoveryDocument.Write(writer, urls, schemas[index]))));
        }
    }
}
