using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Discovery;

/// <summary>GET /ResourceTypes/{name}: one resource type. RFC 7643 §6, RFC 7644 §4.</summary>
public static class GetResourceType
{
    public static Query From(ScimRequest request) => new(request.Schemas, request.Id, request.Query.ContainsKey("filter"));

    public sealed record Query(SchemaRegistry Registry, string Name, bool HasFilter) : IQuery<ScimResponse>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler : IQueryHandler<Query, ScimResponse>
    {
        public ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            DiscoveryDocument.RefuseFilter(query.HasFilter);
            var type = query.Registry.ResourceType(query.Name) ?? throw ScimException.NotFound($"There is no resource type '{Excerpt.Of(query.Name)}'.");
            return ValueTask.FromResult<ScimResponse>(new ScimResponse.Document((writer, urls) => DiscoveryDocument.Write(writer, urls, type)));
        }
    }
}
