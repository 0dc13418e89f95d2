using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.OAuth;

namespace ScimSlice.Features.OAuth;

/// <summary>The verbs <c>trust create</c>, <c>trust list</c>, <c>trust check</c> and <c>trust revoke</c>.</summary>
internal static class TrustVerbs
{
    public static Command Create() => new("trust", "OAuth clients that are known by assertions of their identity provider (workload identity federation)")
    {
        New(), List(), Check(), ClientVerbs.Revoke("trust"),
    };

    private static Command New()
    {
        var organization = VerbRunner.OrganizationArgument();
        var name = Part("--name", "What the client is, such as entra");
        var issuer = Part("--issuer", "Who signs the assertions (iss), such as https://login.microsoftonline.com/TENANT_ID/v2.0");
        var jwks = Part("--jwks", "Where the issuer's keys are published, an https URL");
        var subject = Part("--subject", "Whom the assertions are about (sub)");
        var audience = Part("--audience", "Whom the assertions are for (aud)");
        var reusable = new Option<bool>("--reusable") { Description = "Take an assertion again until it expires, for identity providers that send one several times" };
        var scope = ClientVerbs.Scope();
        return new Command("create", "Trust the assertions of an identity provider") { organization, name, issuer, jwks, subject, audience, scope, reusable }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var trust = new Trust(parsed.GetRequiredValue(issuer), parsed.GetRequiredValue(jwks), parsed.GetRequiredValue(subject), parsed.GetRequiredValue(audience));
            var client = await sender.Send(
                new CreateTrust.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(name), trust, parsed.GetValue(scope), parsed.GetValue(reusable)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", client.Id);
                    json.WriteString("organization", parsed.GetRequiredValue(organization));
                    json.WriteString("name", client.Name);
                    json.WriteString("scope", client.Scope);
                    json.WriteString("createdAt", client.CreatedAt);
                    WriteTrust(json, client);
                    json.WriteEndObject();
                },
                text =>
                {
                    text.WriteLine($"Client ID: {client.Id}");
                    text.WriteLine("Access tokens are at /oauth/token of the server, beside /scim/v2. 'trust check' tries whether the keys can be fetched.");
                });
        });
    }

    private static Command List()
    {
        var organization = VerbRunner.OrganizationArgument();
        return new Command("list", "List whose assertions an organization trusts") { organization }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var result = await sender.Send(new ListClients.Query(parsed.GetRequiredValue(organization), Trusts: true), cancellationToken);
            parsed.PrintEach(
                result.Clients,
                (json, client) =>
                {
                    json.WriteStartObject();
                    ClientVerbs.WriteClient(json, result.Organization, client);
                    WriteTrust(json, client);
                    json.WriteEndObject();
                },
                client => $"{ClientVerbs.Line(client)}{Environment.NewLine}  issuer {client.Issuer}  keys {client.JwksUri}  subject {client.Subject}  audience {client.Audience}");
        });
    }

    private static Command Check()
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), ClientVerbs.ClientId());
        return new Command("check", "Fetch the keys of a trust's issuer, as a token request would") { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var result = await sender.Send(new CheckTrust.Query(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", result.Client.Id);
                    json.WriteString("jwksUri", result.Client.JwksUri);
                    json.WriteNumber("keys", result.Keys);
                    json.WriteEndObject();
                },
                text => text.WriteLine($"{result.Client.JwksUri} publishes {result.Keys} keys that assertions can be verified with."));
        });
    }

    private static Option<string> Part(string name, string description) => new(name) { Description = description, Required = true };

    private static void WriteTrust(Utf8JsonWriter json, ClientRow client)
    {
        json.WriteString("issuer", client.Issuer);
        json.WriteString("jwksUri", client.JwksUri);
        json.WriteString("subject", client.Subject);
        json.WriteString("audience", client.Audience);
        json.WriteBoolean("reusable", client.Reusable == 1);
    }
}
