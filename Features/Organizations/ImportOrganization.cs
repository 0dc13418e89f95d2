using System.Text.Json;
using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary>
/// <c>import FILE</c>: makes an organization out of an export, all of it or nothing. Every line is checked as if a client had sent
/// it, since the file may come from anywhere.
/// </summary>
public static class ImportOrganization
{
    /// <summary>Lines of one file.</summary>
    public const int MaxLines = 10_000_000;

    /// <param name="Input">The file. It is read again from its beginning when the storage has the whole tried again.</param>
    /// <param name="Name">What the organization shall be called; null for its name in the file.</param>
    /// <param name="Progress">Told how many lines are read by now.</param>
    public sealed record Command(Stream Input, string? Name, Action<long>? Progress = null) : ICommand<TransferResult>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(command => command.Input).Must(input => input.CanRead && input.CanSeek).WithMessage("The input cannot be read twice.");
            RuleFor(command => command.Name).Must(name => name is null || OrganizationName.IsValid(name)).WithMessage($"An organization's name {OrganizationName.Rule}.");
        }
    }

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas, IEnumerable<IOrganizationPart> parts, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, TransferResult>
    {
        public async ValueTask<TransferResult> Handle(Command command, CancellationToken cancellationToken)
        {
            OrganizationRow? row = null;
            CurrentOrganization? organization = null;
            var (counts, last, ended) = (new Dictionary<string, long>(), int.MinValue, false);
            await foreach (var (number, kind, line) in TransferFile.ReadAsync(command.Input, clock.GetUtcNow(), cancellationToken))
            {
                try
                {
                    if (organization is null || row is null)
                    {
                        row = await CreateAsync(kind, line, command.Name);
                        organization = schemas.OrganizationOf(row);
                    }
                    else if (ended || number > MaxLines)
                    {
                        throw ScimException.InvalidSyntax(ended ? "It stands behind the end of the export." : $"An export has at most {MaxLines} lines.");
                    }
                    else if (kind == TransferFile.EndKind)
                    {
                        CheckCounts(line.Object("counts").Json, counts);
                        ended = true;
                    }
                    else
                    {
                        last = await WriteAsync(organization, kind, line, last);
                        counts[kind] = counts.GetValueOrDefault(kind) + 1;
                        command.Progress?.Invoke(number);
                    }
                }
                catch (ScimException fault) when (fault.Status < 500)
                {
                    var detail = $"Line {number}: {fault.Detail}";
                    throw fault.Status == 409 ? ScimException.Conflict(detail) : ScimException.InvalidValue(detail);
                }
            }

            if (!ended)
            {
                throw ScimException.InvalidSyntax("The file is cut off: its last line is not the end of an export. Nothing is imported.");
            }

            trail.Changed(row!.Id, "Organization", row.Id);
            return new TransferResult(row, counts);
        }

        private async Task<OrganizationRow> CreateAsync(string kind, OrganizationLine line, string? name)
        {
            if (kind != TransferFile.HeaderKind || line.Number("format") != TransferFile.Format)
            {
                throw ScimException.InvalidSyntax($"This is no export of the format {TransferFile.Format}, which this program reads.");
            }

            var row = new OrganizationRow
            {
                Id = line.Id("id"),
                Name = name ?? line.Text("name"),
                Settings = ReadRules(line.Object("settings").Json).ToJson(),
                CreatedAt = line.Time("createdAt"),
            };
            if (!OrganizationName.IsValid(row.Name))
            {
                throw ScimException.InvalidValue($"An organization's name {OrganizationName.Rule}.");
            }

            if (!await OrganizationRow.InsertAsync(storage, row))
            {
                var same = await storage.Connection.ExecuteScalarAsync<string>("select name from organizations where id = @Id", new { row.Id });
                throw ScimException.Conflict(same is null
                    ? $"There is an organization '{row.Name}' already; import this one under another name with --as NAME."
                    : $"This organization is here already, as '{same}'; an export is imported only where its organization is not.");
            }

            // Before its users, whose values are kept as they are written.
            foreach (var attribute in IndexedAttribute.Read(row.Rules.Indexed, schemas.Of(row.Name, row.Rules).User))
            {
                await IndexedAttribute.KeepAsync(storage, row.Id, attribute);
            }

            return row;
        }

        private static OrganizationSettings ReadRules(JsonElement settings)
        {
            OrganizationSettings rules;
            try
            {
                rules = OrganizationSettings.Parse(settings.GetRawText());
            }
            catch (JsonException)
            {
                throw ScimException.InvalidValue("settings: are not the rules of an organization.");
            }

            return rules.Fault() is { } fault ? throw ScimException.InvalidValue($"settings: {fault}") : rules;
        }

        /// <summary>Writes a line and returns the place of its kind, which no later line may go back behind.</summary>
        private async Task<int> WriteAsync(CurrentOrganization organization, string kind, OrganizationLine line, int last)
        {
            var part = parts.FirstOrDefault(candidate => candidate.Kind == kind)
                ?? throw ScimException.InvalidValue($"There is no kind '{Excerpt.Of(kind)}' of lines.");
            if (part.Order < last)
            {
                throw ScimException.InvalidValue($"The lines of the kind '{kind}' stand before those of the kinds that rest on them.");
            }

            await part.WriteAsync(storage, organization, line);
            return part.Order;
        }

        /// <summary>The last line says how many of each kind there have to be; a file that lost some in its middle is refused as well.</summary>
        private static void CheckCounts(JsonElement told, Dictionary<string, long> counts)
        {
            foreach (var kind in told.EnumerateObject().Select(member => member.Name).Union(counts.Keys))
            {
                var expected = told.TryGetProperty(kind, out var json) && json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var count) ? count : 0;
                if (expected != counts.GetValueOrDefault(kind))
                {
                    throw ScimException.InvalidValue($"The file has {counts.GetValueOrDefault(kind)} lines of the kind '{Excerpt.Of(kind)}' and says that it has {expected}.");
                }
            }
        }
    }
}
