using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary><c>trust check ORG CLIENT_ID</c>: fetches the keys of a trust's issuer, as a token request would.</summary>
public static class CheckTrust
{
    public sealed record Query(string Organization, string ClientId) : IQuery<Result>;

    /// <param name="Keys">Keys that assertions can be verified with.</param>
    public sealed record Result(ClientRow Client, int Keys);

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, SigningKeys keys) : IQueryHandler<Query, Result>
    {
        public async ValueTask<Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, query.Organization);
            var client = await ClientTable.FindAsync(storage, organization, query.ClientId);
            if (client.Trust is not { } trust)
            {
                throw ScimException.Conflict($"The client '{client.Name}' has secrets and trusts nobody's assertions.");
            }

            try
            {
                return new Result(client, (await keys.FetchAsync(trust.JwksUri, cancellationToken)).Count);
            }
            catch (OutboundException fault)
            {
                throw ScimException.Conflict($"The keys cannot be had: {fault.Message}");
            }
        }
    }
}
