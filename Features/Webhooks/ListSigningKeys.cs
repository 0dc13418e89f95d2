using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Webhooks;

/// <summary>GET /api/v1/issuers/{id}/jwks.json: the public keys with which an organization's security event tokens are verified. RFC 7517 §5.</summary>
public static class ListSigningKeys
{
    public static ApiOperation Operation { get; } = new(nameof(ListSigningKeys), "The public keys with which an organization's security event tokens are verified")
    {
        Parameters = [new ApiParameter.Text("id", "The last part of what tokens name as their issuer.") { Place = ParameterPlace.Path }],
        Answer = KeySet.Schema,
        Others = new Dictionary<int, string> { [404] = "There is no such issuer." },
    };

    public static Query From(ApiRequest request) => new(request.Id);

    /// <param name="OrganizationId">The last part of what tokens name as their issuer.</param>
    public sealed record Query(string OrganizationId) : IQuery<KeySet>;

    /// <summary>Any id may be named; one that has no keys is 404, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, TimeProvider clock) : IQueryHandler<Query, KeySet>
    {
        public async ValueTask<KeySet> Handle(Query query, CancellationToken cancellationToken)
        {
            var keys = await IssuerKeyTable.PublishedAsync(storage, query.OrganizationId, clock.GetUtcNow());
            return keys.Count > 0 ? new KeySet(keys) : throw ScimException.NotFound("There is no such issuer.");
        }
    }
}
