using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>PUT /Users/{id}: replaces a user's attributes; never creates one. RFC 7644 §3.5.1.</summary>
public static class ReplaceUser
{
    public static Command From(ScimRequest request)
    {
        var type = request.Schemas.User;
        var document = new ResourceReader(type, request.Quirks).Read(request.Body);
        return new Command(request.Id, document, request.Urls, Preconditions.Of(request), AttributeSelection.Of(request, type, document.Assigned));
    }

    public sealed record Command(string Id, ResourceDocument Document, PublicUrls Urls, Preconditions Preconditions, AttributeSelection? Selection) : ICommand<ScimResponse>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(command => command.Document).Must(document => !string.IsNullOrWhiteSpace(document.Text("userName"))).WithMessage("userName: is required.");
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await UserRow.FindLockedAsync(storage, organization.Id, command.Id);
            command.Preconditions.Check(row.Version);

            var before = StoredDocument.Read(command.Document.Type, row.Document);
            var after = ImmutableValues.Keep(UserRules.KeepingOnReplace(command.Document, before), before);
            ResourceReader.RequireAll(after);
            var update = UserUpdate.Of(organization, row, before, after, clock);
            await update.WriteAsync(storage, organization);
            update.NoteIn(trail);
            var groups = row.InGroups > 0 && ServedUser.ShowsGroups(command.Selection) ? await GroupsOfUsers.OfAsync(storage, organization.Id, command.Id, cancellationToken) : [];
            return new ScimResponse.Single(200, GroupsOfUsers.Splice(update.Resource, groups, command.Urls), command.Selection);
        }
    }
}
