using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>PUT /Groups/{id}: replaces a group's attributes and its members; never creates one. RFC 7644 §3.5.1.</summary>
public static class ReplaceGroup
{
    public static Command From(ScimRequest request)
    {
        var type = request.Schemas.Group;
        var (document, members) = GroupMembers.Split(new ResourceReader(type, request.Quirks).Read(request.Body));
        return new Command(request.Id, document, request.Urls, Preconditions.Of(request), AttributeSelection.Of(request, type, document.Assigned)) { Members = members };
    }

    public sealed record Command(string Id, ResourceDocument Document, PublicUrls Urls, Preconditions Preconditions, AttributeSelection? Selection) : ICommand<ScimResponse>
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
            var row = await GroupRow.FindLockedAsync(storage, organization.Id, command.Id);
            command.Preconditions.Check(row.Version);

            var type = command.Document.Type;
            var before = StoredDocument.Read(type, row.Document);
            var members = new MemberRows(storage, type, organization.Id, row.Id, command.Urls);
            var written = await new GroupUpdate(storage, organization, row, trail, clock)
                .WriteAsync(before, command.Document, members, [new MemberChange.ReplaceAll(command.Members)]);
            return command.Members.Count == 0
                ? new ScimResponse.Single(200, written, command.Selection)
                : GroupAnswer.Of(200, unitOfWork, storage, organization.Id, written, command.Selection, command.Urls);
        }
    }
}
