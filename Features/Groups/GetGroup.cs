using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>GET /Groups/{id}: one group with its members, all or a page of them. RFC 7644 §3.4.1.</summary>
public static class GetGroup
{
    public static Query From(ScimRequest request) =>
        new(request.Schemas.Group, request.Id, AttributeSelection.Of(request, request.Schemas.Group), request.Urls) { IfMatch = request.IfMatch, IfNoneMatch = request.IfNoneMatch, Page = MemberPage.Of(request), HeadersOnly = request.HeadersOnly };

    public sealed record Query(ResourceType Type, string Id, AttributeSelection? Selection, PublicUrls Urls) : IQuery<ScimResponse>
    {
        public string? IfMatch { get; init; }

        public string? IfNoneMatch { get; init; }

        /// <summary>Which of the members; null for all.</summary>
        internal MemberPage? Page { get; init; }

        public bool HeadersOnly { get; init; }
    }

    /// <summary>Any id may be asked for; one that no group has is 404, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization) : IQueryHandler<Query, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            if (query.IfMatch is not null || query.IfNoneMatch is not null)
            {
                var known = await GroupStream.TryOpenAsync(storage, organization.Id, query.Id, WithoutMembers(query), query.Urls, page: null, cancellationToken)
                    ?? throw GroupRules.NotFound(query.Id);
                new Preconditions(query.IfMatch, IfNoneMatch: null).Check(known.Stamp.Version);
                if (query.IfNoneMatch is not null && EntityTag.Matches(query.IfNoneMatch, known.Stamp.Version))
                {
                    return new ScimResponse.NotModified(known.Stamp);
                }
            }

            var selection = query is { HeadersOnly: true, Page: null } ? WithoutMembers(query) : query.Selection;
            var group = await GroupStream.TryOpenAsync(storage, organization.Id, query.Id, selection, query.Urls, query.Page, cancellationToken)
                ?? throw GroupRules.NotFound(query.Id);
            return new StreamedResource(200, group.Stamp, _ => ValueTask.FromResult<IResourceStream>(group));
        }

        /// <summary>What needs no members reads none; of a page of them a header tells where the next one begins.</summary>
        private static AttributeSelection? WithoutMembers(Query query) => AttributeSelection.Of(query.Type, ["id"], null);
    }
}
