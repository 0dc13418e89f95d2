using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>Makes of a request that was kept what its slice reads, with the rights of the token that it came with, which has to be live still.</summary>
internal sealed class DeferredRun(
    UnitOfWork unitOfWork, StorageSession storage, CurrentOrganization organization, AuditTrail trail, TokenDirectory tokens, SchemaCatalogue schemas, BodyMemory memory, ScimSliceOptions options,
    PublicAddress address) : IDisposable
{
    /// <summary>How often a request is begun that ends in a fault each time.</summary>
    public const int MaxAttempts = 5;

    private BodyMemory.Share? share;

    /// <summary>The request, and why it is not to be carried out; null where it is. Throws 429 or 503 where there is no room for its body now.</summary>
    public async Task<(ScimRequest Request, ScimException? Refusal)> PrepareAsync(DeferredRow row, CancellationToken cancellationToken)
    {
        var finding = await tokens.FindAsync(row.TokenHash, cancellationToken);
        var grant = finding.Grant ?? await NobodysAsync(row, finding, cancellationToken);
        organization.Set(grant);
        storage.OrganizationId = grant.OrganizationId;
        var quirks = new QuirkUse(grant.Settings.Strict);
        trail.Resume(row.Id, new RequestNote(row.Method, $"{PublicAddress.ScimPath}{row.Endpoint}{Shown(row.ResourceId)}") { Quirks = quirks });
        var refusal = row.Attempts > MaxAttempts ? ScimException.Failed()
            : finding.Grant is not { Scope: TokenScope.Write } ? ScimException.Ended("The token that the request came with has ended meanwhile.")
            : null;
        var request = new ScimRequest
        {
            Schemas = grant.Schemas,
            Quirks = quirks,
            Limits = options.Limits.Scim,
            Urls = address.Urls,
            Id = row.ResourceId ?? "",
            IfMatch = row.IfMatch,
            IfNoneMatch = row.IfNoneMatch,
        };
        if (refusal is not null || row.Body is null)
        {
            return (request, refusal);
        }

        try
        {
            share = memory.Rent(row.OrganizationId);
            share.Grow(row.Body.Length);
            return (request with { Body = StrictJson.Parse(row.Body, options.Limits.Scim, tokens => share.Grow(row.Body.Length, tokens)) }, null);
        }
        catch (ScimException refused) when (refused.RetryAfter is null)
        {
            // It was good when it came; the limits are others now.
            return (request, refused);
        }
    }

    public void Dispose() => share?.Dispose();

    /// <summary>Of what stands in an id's place, what looks like one.</summary>
    private static string Shown(string? id) => id is null ? "" : ResourceId.IsId(id) ? $"/{id}" : "/{id}";

    /// <summary>Grants nothing: it says for which organization it is noted that the request is refused.</summary>
    private async Task<TokenGrant> NobodysAsync(DeferredRow row, TokenFinding finding, CancellationToken cancellationToken)
    {
        var found = await unitOfWork.ReadAsync(async _ => await OrganizationRow.FindAsync(storage, row.OrganizationId), cancellationToken);
        return new TokenGrant(row.OrganizationId, "", TokenScope.Read, found.Rules, schemas.Of(found.Name, found.Rules), null, finding.Ended?.Actor ?? Actor.Service);
    }
}
