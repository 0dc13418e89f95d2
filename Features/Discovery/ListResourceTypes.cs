using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Discovery;

/// <summary>GET /ResourceTypes: every resource type, unpaged. RFC 7643 §6, RFC 7644 §4.</summary>
public static class ListResourceTypes
{
    public static Query From(ScimRequest request) => new(request.Schemas, request.Query.ContainsKey("filter"));

    public sealed record Query(SchemaRegistry Registry, bool HasFilter) : IQuery<ScimResponse>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler : IQueryHandler<Query, ScimResponse>
    {
        public ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            DiscoveryDocument.RefuseFilter(query.HasFilter);
            var types = query.Registry.ResourceTypes;
            return ValueTask.FromResult<ScimResponse>(new ScimResponse.Document((writer, urls) =>
                ListResponse.Write(writer, types.Count, index => DiscoveryDocument.Write(writer, urls, types[index]))));
        }
    }
}
