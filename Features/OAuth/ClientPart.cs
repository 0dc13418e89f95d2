using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary>An organization's OAuth clients in an export: with them its identity providers need not be told that it has moved.</summary>
internal sealed class ClientPart : IOrganizationPart
{
    public string Kind => "client";

    public int Order => 1;

    public bool IsSecret => true;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var clients = storage.Connection.QueryUnbufferedAsync<ClientRow>(
            $"select {ClientRow.Columns} from clients c where c.organization_id = @organizationId order by c.id", new { organizationId });
        await foreach (var client in clients)
        {
            yield return json =>
            {
                json.WriteString("id", client.Id);
                json.WriteString("name", client.Name);
                json.WriteString("scope", client.Scope);
                if (client.Trust is { } trust)
                {
                    json.WriteString("issuer", trust.Issuer);
                    json.WriteString("jwksUri", trust.JwksUri);
                    json.WriteString("subject", trust.Subject);
                    json.WriteString("audience", trust.Audience);
                    json.WriteNumber("reusable", client.Reusable);
                }

                json.WriteString("createdAt", client.CreatedAt);
                json.WriteString("lastUsedAt", client.LastUsedAt);
                json.WriteString("revokedAt", client.RevokedAt);
            };
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var (name, scope) = (line.Text("name"), line.Text("scope"));
        if (!OrganizationName.IsValid(name) || scope is not ("read" or "write"))
        {
            throw ScimException.InvalidValue($"A client's name {OrganizationName.Rule}, and its scope is read or write.");
        }

        var trust = line.Json.TryGetProperty("issuer", out _) ? new Trust(line.Text("issuer"), line.Text("jwksUri"), line.Text("subject"), line.Text("audience")) : null;
        if (trust?.Fault() is { } fault)
        {
            throw ScimException.InvalidValue(fault);
        }

        var client = new ClientRow
        {
            OrganizationId = organization.Id,
            Id = line.Id("id"),
            Name = name,
            Scope = scope,
            Issuer = trust?.Issuer,
            JwksUri = trust?.JwksUri,
            Subject = trust?.Subject,
            Audience = trust?.Audience,
            Reusable = trust is not null && line.Number("reusable") > 0 ? 1 : 0,
            CreatedAt = line.Time("createdAt"),
            LastUsedAt = line.TimeOrNull("lastUsedAt"),
            RevokedAt = line.TimeOrNull("revokedAt"),
        };
        if (!await ClientTable.InsertAsync(storage, client))
        {
            throw ScimException.Conflict("There is this client already, here or earlier in the file; one client cannot open two organizations.");
        }
    }
}
