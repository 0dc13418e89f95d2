using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>POST /Users: creates a user. RFC 7644 §3.3.</summary>
public static class CreateUser
{
    public static Command From(ScimRequest request)
    {
        var type = request.Schemas.User;
        var document = new ResourceReader(type, request.Quirks).Read(request.Body);
        return new Command(document, AttributeSelection.Of(request, type, document.Assigned));
    }

    public sealed record Command(ResourceDocument Document, AttributeSelection? Selection) : ICommand<ScimResponse>, IPrepared;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(command => command.Document).Must(document => !string.IsNullOrWhiteSpace(document.Text("userName"))).WithMessage("userName: is required.");
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            var document = UserRules.WithDefaults(command.Document, organization.Settings);
            UserRules.Check(document, null, organization.Settings);

            var now = clock.GetUtcNow();
            var id = ResourceId.Create(now);
            var time = DateTimeValue.Format(now);
            var values = UserValues.Of(organization.Id, id, document, version: 1, time, time);
            await storage.TurnAsync(cancellationToken);
            if (!await UserInsert.TryAsync(storage, values))
            {
                throw ScimException.Uniqueness("userName: a user of this organization has this name already, active or not.");
            }

            trail.Changed("User", id, values.Version);
            trail.Happened(new Happening(organization.Id, EventTypes.UserCreated, "User", id, values.Version, After: ChangedValues.Of(document, null)));
            return new ScimResponse.Single(201, values.ToResource(), command.Selection);
        }
    }
}
