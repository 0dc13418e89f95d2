using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>
/// PATCH /Groups/{id}: changes a group, all operations or none, at the cost of the members that come and go; answers without the group
/// unless it is asked for. RFC 7644 §3.5.2.
/// </summary>
public static class PatchGroup
{
    public static Command From(ScimRequest request)
    {
        var type = request.Schemas.Group;
        var (patch, changes) = GroupMembers.Split(PatchRequest.Read(request.Body, type, request.Quirks, request.Limits), type, request.Quirks);
        var selection = AttributeSelection.Of(request, type, patch.Operations.Select(operation => type.Resolve(operation.Path.Attribute)).OfType<ResolvedAttribute>());
        return new Command(type, request.Id, patch, request.Quirks, request.Urls, Preconditions.Of(request), selection)
        {
            Changes = changes,
            AnswersGroup = request.WantsRepresentation || request.SelectsAttributes,
        };
    }

    public sealed record Command(
        ResourceType Type, string Id, PatchRequest Patch, QuirkUse Quirks, PublicUrls Urls, Preconditions Preconditions, AttributeSelection? Selection)
        : ICommand<ScimResponse>
    {
        /// <summary>Whether the client asks for the group.</summary>
        public bool AnswersGroup { get; init; }

        /// <summary>The operations over members.</summary>
        internal IReadOnlyList<MemberChange> Changes { get; init; } = [];
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Patch.Operations.Count).LessThanOrEqualTo(ScimLimits.Ceiling.MaxPatchOperations);
    }

    internal sealed class Handler(UnitOfWork unitOfWork, StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await GroupRow.FindLockedAsync(storage, organization.Id, command.Id);
            command.Preconditions.Check(row.Version);

            var before = StoredDocument.Read(command.Type, row.Document);
            var after = new PatchEngine(command.Quirks, row.Meta.ReadOnly(command.Type, row.Id, command.Urls)).Apply(before, command.Patch);
            var members = new MemberRows(storage, command.Type, organization.Id, row.Id, command.Urls);
            var written = await new GroupUpdate(storage, organization, row, trail, clock).WriteAsync(before, after, members, command.Changes);
            return command.AnswersGroup
                ? GroupAnswer.Of(200, unitOfWork, storage, organization.Id, written, command.Selection, command.Urls)
                : new ScimResponse.NoContent(written.Stamp);
        }
    }
}
