using System.Buffers;
using System.Text.Json;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>export ORG</c>: writes an organization as it is at one moment, row by row, in the form that every engine imports.</summary>
public static class ExportOrganization
{
    /// <param name="Secrets">Whether the hashes of tokens are written too.</param>
    /// <param name="Output">Where the lines go; left open.</param>
    /// <param name="Progress">Told how many lines there are by now.</param>
    public sealed record Query(string Organization, bool Secrets, Stream Output, Action<long>? Progress = null) : IQuery<TransferResult>, ISnapshotQuery;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Output).Must(output => output.CanWrite).WithMessage("The output cannot be written.");
    }

    internal sealed class Handler(StorageSession storage, IEnumerable<IOrganizationPart> parts, TimeProvider clock) : IQueryHandler<Query, TransferResult>
    {
        private bool begun;

        public async ValueTask<TransferResult> Handle(Query query, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, query.Organization);
            if (begun)
            {
                // A query is tried again after a fault of the storage, but what has been written cannot be taken back.
                throw new StorageException("The database went away in the middle of the export; what was written is not complete. Export again.");
            }

            begun = true;
            var buffer = new ArrayBufferWriter<byte>();
            await TransferFile.WriteLineAsync(query.Output, buffer, TransferFile.HeaderKind, json => WriteHeader(json, organization), cancellationToken);
            var (counts, lines) = (new Dictionary<string, long>(), 0L);
            foreach (var part in parts.Where(part => query.Secrets || !part.IsSecret).OrderBy(part => part.Order))
            {
                counts[part.Kind] = 0;
                await foreach (var members in part.ReadAsync(storage, organization.Id).WithCancellation(cancellationToken))
                {
                    await TransferFile.WriteLineAsync(query.Output, buffer, part.Kind, members, cancellationToken);
                    counts[part.Kind]++;
                    query.Progress?.Invoke(++lines);
                }
            }

            await TransferFile.WriteLineAsync(query.Output, buffer, TransferFile.EndKind, json => WriteEnd(json, counts), cancellationToken, flush: true);
            return new TransferResult(organization, counts);
        }

        private void WriteHeader(Utf8JsonWriter json, OrganizationRow organization)
        {
            json.WriteNumber("format", TransferFile.Format);
            json.WriteString("exportedAt", DateTimeValue.Format(clock.GetUtcNow()));
            json.WriteString("id", organization.Id);
            json.WriteString("name", organization.Name);
            json.WriteString("createdAt", organization.CreatedAt);
            json.WritePropertyName("settings");
            json.WriteRawValue(organization.Rules.ToJson());
        }

        private static void WriteEnd(Utf8JsonWriter json, Dictionary<string, long> counts)
        {
            json.WriteStartObject("counts");
            foreach (var (kind, count) in counts)
            {
                json.WriteNumber(kind, count);
            }

            json.WriteEndObject();
        }
    }
}
