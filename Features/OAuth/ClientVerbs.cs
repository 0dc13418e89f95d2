using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.OAuth;

/// <summary>The verbs <c>client create</c>, <c>client list</c>, <c>client add-secret</c>, <c>client revoke-secret</c> and <c>client revoke</c>.</summary>
internal static class ClientVerbs
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(730);

    public static Command Create() => new("client", "OAuth clients, which get access tokens for a secret") { New(), List(), AddSecret(), RevokeSecret(), Revoke("client") };

    /// <summary>The verb that ends a client of either kind.</summary>
    internal static Command Revoke(string what)
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), ClientId());
        return new Command("revoke", $"End a {what} with its access tokens") { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var client = await sender.Send(new RevokeClient.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", client.Id);
                    json.WriteString("name", client.Name);
                    json.WriteString("revokedAt", client.RevokedAt);
                    json.WriteEndObject();
                },
                text => text.WriteLine($"The {what} '{client.Name}' and its access tokens end within a second."));
        });
    }

    internal static Argument<string> ClientId() => new("CLIENT_ID") { Description = "The client's id" };

    internal static Option<TokenScope> Scope()
    {
        var scope = new Option<TokenScope>("--scope") { Description = "read or write", DefaultValueFactory = _ => TokenScope.Write };
        scope.AcceptOnlyFromAmong("read", "write");
        return scope;
    }

    /// <summary>The members that both kinds of clients have.</summary>
    internal static void WriteClient(Utf8JsonWriter json, OrganizationRow organization, ClientRow client)
    {
        json.WriteString("id", client.Id);
        json.WriteString("organization", organization.Name);
        json.WriteString("name", client.Name);
        json.WriteString("scope", client.Scope);
        json.WriteString("createdAt", client.CreatedAt);
        json.WriteString("lastUsedAt", client.LastUsedAt);
        json.WriteString("revokedAt", client.RevokedAt);
    }

    private static Option<TimeSpan> Expires() => new("--expires")
    {
        Description = "Lifetime of the secret, such as 365d",
        DefaultValueFactory = _ => DefaultLifetime,
        CustomParser = result => VerbRunner.ParseLifetime(result) ?? default,
    };

    private static Command New()
    {
        var organization = VerbRunner.OrganizationArgument();
        var name = new Option<string>("--name") { Description = "What the client is, such as entra", Required = true };
        var (scope, expires) = (Scope(), Expires());
        return new Command("create", "Make a client with a secret, which is printed once and never again") { organization, name, scope, expires }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var issued = await sender.Send(
                new CreateClient.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(name), parsed.GetValue(scope), parsed.GetValue(expires)), cancellationToken);
            parsed.Print(json => Write(json, issued), text => WriteText(text, issued));
        });
    }

    private static Command AddSecret()
    {
        var (organization, id, expires) = (VerbRunner.OrganizationArgument(), ClientId(), Expires());
        return new Command("add-secret", "Give a client a further secret, which is printed once and never again") { organization, id, expires }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var issued = await sender.Send(
                new AddClientSecret.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id), parsed.GetValue(expires)), cancellationToken);
            parsed.Print(json => Write(json, issued), text => WriteText(text, issued));
        });
    }

    private static Command RevokeSecret()
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), new Argument<string>("SECRET_ID") { Description = "The secret's id, as 'client list' shows it" });
        return new Command("revoke-secret", "End a secret with the access tokens that were given for it") { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var secret = await sender.Send(new RevokeClientSecret.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", secret.Id);
                    json.WriteString("clientId", secret.ClientId);
                    json.WriteString("revokedAt", secret.RevokedAt);
                    json.WriteEndObject();
                },
                text => text.WriteLine("The secret and its access tokens end within a second."));
        });
    }

    private static Command List()
    {
        var organization = VerbRunner.OrganizationArgument();
        return new Command("list", "List an organization's clients and their secrets") { organization }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var result = await sender.Send(new ListClients.Query(parsed.GetRequiredValue(organization), Trusts: false), cancellationToken);
            parsed.PrintEach(
                result.Clients,
                (json, client) =>
                {
                    json.WriteStartObject();
                    WriteClient(json, result.Organization, client);
                    json.WriteStartArray("secrets");
                    foreach (var secret in result.Secrets[client.Id])
                    {
                        json.WriteStartObject();
                        json.WriteString("id", secret.Id);
                        json.WriteString("createdAt", secret.CreatedAt);
                        json.WriteString("expiresAt", secret.ExpiresAt);
                        json.WriteString("lastUsedAt", secret.LastUsedAt);
                        json.WriteString("revokedAt", secret.RevokedAt);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                },
                client => string.Join(Environment.NewLine, result.Secrets[client.Id]
                    .Select(secret => $"  secret {secret.Id}  {(secret.RevokedAt is null ? $"expires {secret.ExpiresAt}" : $"revoked {secret.RevokedAt}")}  last used {secret.LastUsedAt ?? "never"}")
                    .Prepend(Line(client))));
        });
    }

    internal static string Line(ClientRow client) =>
        $"{client.Id}  {client.Scope,-5}  {(client.RevokedAt is null ? "live" : $"revoked {client.RevokedAt}")}  last used {client.LastUsedAt ?? "never"}  {client.Name}";

    private static void WriteText(TextWriter text, IssuedSecret issued)
    {
        text.WriteLine($"Client ID:     {issued.Client.Id}");
        text.WriteLine($"Client secret: {issued.Secret}");
        text.WriteLine($"This is a secret of the client '{issued.Client.Name}' of {issued.Organization.Name} ({issued.Client.Scope}), {issued.Row.Id}. It expires {issued.Row.ExpiresAt} and is not shown again.");
        text.WriteLine("Access tokens are at /oauth/token of the server, beside /scim/v2.");
    }

    private static void Write(Utf8JsonWriter json, IssuedSecret issued)
    {
        json.WriteStartObject();
        json.WriteString("id", issued.Client.Id);
        json.WriteString("organization", issued.Organization.Name);
        json.WriteString("name", issued.Client.Name);
        json.WriteString("scope", issued.Client.Scope);
        json.WriteString("secretId", issued.Row.Id);
        json.WriteString("secret", issued.Secret);
        json.WriteString("createdAt", issued.Client.CreatedAt);
        json.WriteString("expiresAt", issued.Row.ExpiresAt);
        json.WriteEndObject();
    }
}
