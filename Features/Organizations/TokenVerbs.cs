using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.Organizations;

/// <summary>The verbs <c>token create</c>, <c>token list</c> and <c>token revoke</c>.</summary>
internal static class TokenVerbs
{
    public static Command Create() => new("token", "Bearer tokens") { Issue(), List(), Revoke() };

    private static Command Issue()
    {
        var organization = VerbRunner.OrganizationArgument();
        var name = new Option<string>("--name") { Description = "What the token is for, such as okta", Required = true };
        var scope = new Option<TokenScope>("--scope") { Description = "read or write for SCIM, events for the application that follows them", DefaultValueFactory = _ => TokenScope.Write };
        scope.AcceptOnlyFromAmong("read", "write", "events");
        var expires = new Option<TimeSpan?>("--expires") { Description = "Lifetime, such as 365d or 12h; without it the token does not expire", CustomParser = VerbRunner.ParseLifetime };
        var create = new Command("create", "Issue a bearer token; the secret is printed once and never again") { organization, name, scope, expires };
        return create.Sends(async (sender, parsed, cancellationToken) =>
        {
            var issued = await sender.Send(
                new IssueToken.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(name), parsed.GetValue(scope), parsed.GetValue(expires)),
                cancellationToken);
            parsed.Print(
                json => Write(json, issued.Organization, issued.Token, issued.Secret),
                text =>
                {
                    text.WriteLine(issued.Secret);
                    text.WriteLine($"This is the token '{issued.Token.Name}' of {issued.Organization.Name} ({issued.Token.Scope}). It is not shown again.");
                });
        });
    }

    private static Command List()
    {
        var organization = VerbRunner.OrganizationArgument();
        return new Command("list", "List an organization's tokens") { organization }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var result = await sender.Send(new ListTokens.Query(parsed.GetRequiredValue(organization)), cancellationToken);
            parsed.PrintEach(result.Tokens, (json, token) => Write(json, result.Organization, token, secret: null), Line);
        });
    }

    private static Command Revoke()
    {
        var organization = VerbRunner.OrganizationArgument();
        var id = new Argument<string>("TOKEN_ID") { Description = "The token's id, as 'token list' shows it" };
        return new Command("revoke", "End a token") { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var token = await sender.Send(new RevokeToken.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", token.Id);
                    json.WriteString("name", token.Name);
                    json.WriteString("revokedAt", token.RevokedAt);
                    json.WriteEndObject();
                },
                text => text.WriteLine($"The token '{token.Name}' ends within a second."));
        });
    }

    private static string Line(TokenRow token)
    {
        var state = token.RevokedAt is not null ? $"revoked {token.RevokedAt}" : token.ExpiresAt is not null ? $"expires {token.ExpiresAt}" : "live";
        return $"{token.Id}  {token.Scope,-6}  {state}  last used {token.LastUsedAt ?? "never"}  {token.Name}";
    }

    private static void Write(Utf8JsonWriter json, OrganizationRow organization, TokenRow token, string? secret)
    {
        json.WriteStartObject();
        json.WriteString("id", token.Id);
        json.WriteString("organization", organization.Name);
        json.WriteString("name", token.Name);
        json.WriteString("scope", token.Scope);
        if (secret is not null)
        {
            json.WriteString("token", secret);
        }

        json.WriteString("createdAt", token.CreatedAt);
        json.WriteString("expiresAt", token.ExpiresAt);
        if (secret is null)
        {
            json.WriteString("lastUsedAt", token.LastUsedAt);
            json.WriteString("revokedAt", token.RevokedAt);
        }

        json.WriteEndObject();
    }
}
