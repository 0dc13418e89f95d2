using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>PATCH /Users/{id}: changes a user, all operations or none; answers with the whole user. RFC 7644 §3.5.2.</summary>
public static class PatchUser
{
    public static Command From(ScimRequest request)
    {
        var type = request.Schemas.User;
        var patch = PatchRequest.Read(request.Body, type, request.Quirks, request.Limits);
        return new Command(
            type,
            request.Id,
            patch,
            request.Quirks,
            request.Urls,
            Preconditions.Of(request),
            AttributeSelection.Of(request, type, patch.Operations.Select(operation => type.Resolve(operation.Path.Attribute)).OfType<ResolvedAttribute>()));
    }

    public sealed record Command(
        ResourceType Type, string Id, PatchRequest Patch, QuirkUse Quirks, PublicUrls Urls, Preconditions Preconditions, AttributeSelection? Selection)
        : ICommand<ScimResponse>, IPrepared
    {
        /// <summary>Whether the groups of the user matter to what the operations mean: a client may repeat them.</summary>
        public bool NamesGroups => Patch.Operations.Any(operation => GroupsOfUsers.Name.Equals(operation.Path.Attribute.Name, StringComparison.OrdinalIgnoreCase));
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Patch.Operations.Count).LessThanOrEqualTo(ScimLimits.Ceiling.MaxPatchOperations);
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            // Worked out beside other changes, and once more in the turn where one of them was faster.
            var row = await UserRow.FindAsync(storage, organization.Id, command.Id);
            var groups = row.InGroups > 0 && (ServedUser.ShowsGroups(command.Selection) || command.NamesGroups)
                ? await GroupsOfUsers.OfAsync(storage, organization.Id, command.Id, cancellationToken)
                : [];
            var update = Patch(command, row, groups);
            if (update.ChangesSomething)
            {
                await storage.TurnAsync(cancellationToken);
                if (!await update.TryWriteAsync(storage, organization))
                {
                    update = Patch(command, await UserRow.FindLockedAsync(storage, organization.Id, command.Id), groups);
                    await update.WriteAsync(storage, organization);
                }

                update.NoteIn(trail);
            }

            return new ScimResponse.Single(200, GroupsOfUsers.Splice(update.Resource, groups, command.Urls), command.Selection);
        }

        private UserUpdate Patch(Command command, UserRow row, IReadOnlyList<GroupOfUser> groups)
        {
            command.Preconditions.Check(row.Version);
            var before = StoredDocument.Read(command.Type, row.Document);
            var readOnly = row.Meta.ReadOnly(command.Type, row.Id, command.Urls).With(GroupsOfUsers.Name, GroupsOfUsers.Value(groups, command.Urls));
            var patched = new PatchEngine(command.Quirks, readOnly).Apply(before, command.Patch);
            return UserUpdate.Of(organization, row, before, UserRules.KeepingOnPatch(patched, before), clock);
        }
    }
}
