using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.CommandLine;

namespace ScimSlice.Features.Users;

/// <summary>The verbs <c>user show</c>, <c>user deleted</c>, <c>user restore</c> and <c>user purge</c>.</summary>
internal static class UserVerbs
{
    /// <param name="others">Verbs below <c>user</c> of other features.</param>
    public static Command Create(params ReadOnlySpan<Command> others)
    {
        var user = new Command("user", "Users, and deleted ones") { Show(), List(), Restore(), Purge() };
        foreach (var other in others)
        {
            user.Add(other);
        }

        return user;
    }

    private static Argument<string> Id(string description) => new("ID") { Description = description };

    private static Command Show()
    {
        var (organization, name) = (VerbRunner.OrganizationArgument(), new Argument<string>("USER") { Description = "The user's userName or id" });
        return new Command("show", "Show a user with its groups and its effective role") { organization, name }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var user = await sender.Send(new ShowUser.Query(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(name)), cancellationToken);
            parsed.Print(json => Write(json, user), text =>
            {
                text.WriteLine($"{user.UserName} of {user.Organization}");
                text.WriteLine($"  id              {user.Id}");
                text.WriteLine($"  active          {(user.Active ? "yes" : "no")}");
                text.WriteLine($"  role            {user.Role ?? "none"}");
                text.WriteLine($"  effective role  {user.EffectiveRole ?? "none"}");
                text.WriteLine($"  version         {user.Version}, created {user.Created}, last modified {user.LastModified}");
                foreach (var group in user.Groups)
                {
                    text.WriteLine($"  in              {group.Display} ({(group.IsDirect ? "direct" : "indirect")}, {group.Id})");
                }
            });
        });
    }

    private static void Write(Utf8JsonWriter json, ShownUser user)
    {
        json.WriteStartObject();
        json.WriteString("id", user.Id);
        json.WriteString("organization", user.Organization);
        json.WriteString("userName", user.UserName);
        json.WriteBoolean("active", user.Active);
        json.WriteString("role", user.Role);
        json.WriteString("effectiveRole", user.EffectiveRole);
        json.WriteNumber("version", user.Version);
        json.WriteString("created", user.Created);
        json.WriteString("lastModified", user.LastModified);
        json.WriteStartArray("groups");
        foreach (var group in user.Groups)
        {
            json.WriteStartObject();
            json.WriteString("id", group.Id);
            json.WriteString("display", group.Display);
            json.WriteString("type", group.IsDirect ? "direct" : "indirect");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Command List()
    {
        var organization = VerbRunner.OrganizationArgument();
        var userName = new Option<string>("--user-name") { Description = "Only those who had this userName" };
        var list = new Command("deleted", $"List the users that can be restored, the latest {ListDeletedUsers.MaxListed} of them") { organization, userName };
        return list.Sends(async (sender, parsed, cancellationToken) =>
        {
            var rows = await sender.Send(new ListDeletedUsers.Query(parsed.GetRequiredValue(organization), parsed.GetValue(userName)), cancellationToken);
            parsed.PrintEach(rows, Write, row => $"{row.Id}  deleted {row.DeletedAt}  purged after {row.PurgedAfter ?? "never"}  {row.UserName}");
        });
    }

    private static void Write(Utf8JsonWriter json, DeletedUserRow row)
    {
        json.WriteStartObject();
        json.WriteString("id", row.Id);
        json.WriteString("userName", row.UserName);
        json.WriteString("deletedAt", row.DeletedAt);
        json.WriteString("purgedAfter", row.PurgedAfter);
        json.WriteEndObject();
    }

    private static Command Restore()
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), Id("The deleted user's id, as 'user deleted' shows it"));
        return new Command("restore", "Bring a deleted user back under its id") { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var user = await sender.Send(new RestoreUser.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", user.Id);
                    json.WriteString("organization", user.Organization);
                    json.WriteString("userName", user.UserName);
                    json.WriteNumber("version", user.Version);
                    json.WriteString("lastModified", user.LastModified);
                    json.WriteEndObject();
                },
                text => text.WriteLine($"{user.UserName} of {user.Organization} is back under the id {user.Id}."));
        });
    }

    private static Command Purge()
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), Id("The id of a user, live or deleted"));
        return new Command("purge", "Erase a user at once; it cannot be restored") { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var result = await sender.Send(new PurgeUser.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", result.Id);
                    json.WriteString("organization", result.Organization);
                    json.WriteBoolean("wasLive", result.WasLive);
                    json.WriteEndObject();
                },
                text => text.WriteLine($"The {(result.WasLive ? "user" : "deleted user")} {result.Id} of {result.Organization} is erased."));
        });
    }
}
