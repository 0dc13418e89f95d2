using System.Buffers;
using System.Text;
using System.Text.Json;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Deferred;

/// <summary>GET /.async/{id}: what became of a request that was accepted for later, as a security event token; of a Bulk request one for each operation. RFC 9967 §2.5.1.3.</summary>
public static class GetCompletion
{
    public static Query From(ScimRequest request) => new(request.Id, request.Urls);

    /// <param name="Id">What the client was given as Set-Txn.</param>
    public sealed record Query(string Id, PublicUrls Urls) : IQuery<ScimResponse>, ISnapshotQuery;

    /// <summary>Any id may be asked for; one that no request has is 404, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, TimeProvider clock) : IQueryHandler<Query, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            var row = await DeferredTable.FindAsync(storage, organization.Id, query.Id) ?? throw ScimException.NotFound("There is no such request, or it was completed more than a day ago.");
            if (row.FinishedAt is null)
            {
                return new ScimResponse.Accepted(row.Id, IsNew: false);
            }

            var results = await DeferredTable.ResultsAsync(storage, organization.Id, row.Id);
            using var issuer = await TokenIssuer.OpenAsync(storage, organization.Id, query.Urls, clock);
            var tokens = results.Select(result =>
            {
                var txn = DeferredProgress.TxnOf(row, result.Number);
                return (Id: txn, Token: issuer.Issue(Told(row, result, txn), null, query.Urls.Completion(row.Id), isFull: true, txn));
            }).ToArray();
            return row.IsBulk
                ? new ScimResponse.Text("application/json", Render(tokens))
                : new ScimResponse.Text(TokenIssuer.MediaType, Encoding.ASCII.GetBytes(tokens[0].Token));
        }

        /// <summary>The event that tells of it.</summary>
        private static ChangeEvent Told(DeferredRow row, ResultRow result, string txn) => new()
        {
            OrganizationId = row.OrganizationId,
            Position = 0,
            At = result.At,
            Type = EventTypes.RequestCompleted,
            ResourceType = "Request",
            ResourceId = row.Id,
            Version = 0,
            AfterValues = result.Result,
            RequestId = txn,
            ActorKind = "",
            Actor = "",
        };

        /// <summary>As tokens are given out where they are fetched. RFC 8936 §2.3.</summary>
        private static byte[] Render(IEnumerable<(string Id, string Token)> tokens)
        {
            var output = new ArrayBufferWriter<byte>(4096);
            using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
            {
                writer.WriteStartObject();
                writer.WriteStartObject("sets");
                foreach (var (id, token) in tokens)
                {
                    writer.WriteString(id, token);
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            return output.WrittenSpan.ToArray();
        }
    }
}
