using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>The values of all columns of a user, as insert and update write them.</summary>
internal sealed record UserValues(
    string OrganizationId,
    string Id,
    long Version,
    string CreatedAt,
    string LastModifiedAt,
    string UserNameKey,
    string? ExternalId,
    string? DisplayNameKey,
    int Active,
    string? RoleKey,
    byte[] Document,
    string Search,
    IReadOnlyList<UniqueValue> Uniques,
    ResourceType Type)
{
    public static UserValues Of(string organizationId, string id, ResourceDocument document, long version, string createdAt, string lastModifiedAt) => new(
        organizationId,
        id,
        version,
        createdAt,
        lastModifiedAt,
        IndexKey.Checked("userName", Infrastructure.Scim.Resources.UserNameKey.Of(document.Text("userName")!)),
        document.Text("externalId"),
        document.Text("displayName") is { } displayName ? IndexKey.Checked("displayName", FoldedKey.Of(displayName)) : null,
        document.Boolean("active") is false ? 0 : 1,
        UserRules.RoleKey(document),
        StoredResource.Serialize(document, id, new ResourceMeta(version, createdAt, lastModifiedAt)),
        SearchDocument.Of(document, UserTable.Filtered),
        UniquesOf(document),
        document.Type);

    /// <summary>What must be unique beside userName, as far as an index can hold it. Throws 400 invalidValue.</summary>
    public static IReadOnlyList<UniqueValue> UniquesOf(ResourceDocument document)
    {
        var uniques = UniqueValue.Of(document, besides: "userName");
        foreach (var value in uniques)
        {
            IndexKey.Checked(value.Attribute, value.Key);
        }

        return uniques;
    }

    public StoredResource ToResource() => new(Version, Document);
}
