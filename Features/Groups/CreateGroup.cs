using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>POST /Groups: creates a group with its members. RFC 7644 §3.3.</summary>
public static class CreateGroup
{
    public static Command From(ScimRequest request)
    {
        var type = request.Schemas.Group;
        var (document, members) = GroupMembers.Split(new ResourceReader(type, request.Quirks).Read(request.Body));
        return new Command(document, request.Urls, AttributeSelection.Of(request, type, document.Assigned)) { Members = members };
    }

    public sealed record Command(ResourceDocument Document, PublicUrls Urls, AttributeSelection? Selection) : ICommand<ScimResponse>
    {
        internal IReadOnlyList<Member> Members { get; init; } = [];
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(command => command.Document).Must(document => !string.IsNullOrWhiteSpace(document.Text("displayName"))).WithMessage("displayName: is required.");
    }

    internal sealed class Handler(UnitOfWork unitOfWork, StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            var time = DateTimeValue.Format(now);
            var values = GroupValues.Of(organization.Id, ResourceId.Create(now), command.Document, new ResourceMeta(1, time, time));
            await GroupInsert.TryAsync(storage, values);
            trail.Changed("Group", values.Id, values.Version);
            trail.Happened(new Happening(organization.Id, EventTypes.GroupCreated, "Group", values.Id, values.Version, After: ChangedValues.Of(command.Document, null)));
            if (command.Members.Count == 0)
            {
                return new ScimResponse.Single(201, values.ToResource(), command.Selection);
            }

            var members = new MemberRows(storage, command.Document.Type, organization.Id, values.Id, command.Urls);
            await members.ApplyAsync([new MemberChange.Add(command.Members)]);
            members.NoteIn(trail, values.Version);
            return GroupAnswer.Of(201, unitOfWork, storage, organization.Id, values.ToResource(), command.Selection, command.Urls);
        }
    }
}
