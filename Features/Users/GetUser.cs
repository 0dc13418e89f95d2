using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>GET /Users/{id}: one user. RFC 7644 §3.4.1.</summary>
public static class GetUser
{
    public static Query From(ScimRequest request) =>
        new(request.Id, request.IfNoneMatch, AttributeSelection.Of(request, request.Schemas.User), request.Urls) { IfMatch = request.IfMatch };

    public sealed record Query(string Id, string? IfNoneMatch, AttributeSelection? Selection, PublicUrls Urls) : IQuery<ScimResponse>
    {
        public string? IfMatch { get; init; }
    }

    /// <summary>Any id may be asked for; one that no user has is 404, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization) : IQueryHandler<Query, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            var user = await ServedUser.FindAsync(storage, organization.Id, query.Id, query.Selection, query.Urls, cancellationToken);
            new Preconditions(query.IfMatch, IfNoneMatch: null).Check(user.Version);
            return query.IfNoneMatch is not null && EntityTag.Matches(query.IfNoneMatch, user.Version)
                ? new ScimResponse.NotModified(user.Stamp)
                : new ScimResponse.Single(200, user, query.Selection);
        }
    }
}
