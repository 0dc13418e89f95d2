using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>The values of all columns of a group, as insert and update write them.</summary>
internal sealed record GroupValues(
    string OrganizationId,
    string Id,
    long Version,
    string CreatedAt,
    string LastModifiedAt,
    string DisplayName,
    string DisplayNameKey,
    string? ExternalId,
    byte[] Document,
    string Search)
{
    /// <summary>Throws 400 invalidValue for what cannot be stored.</summary>
    public static GroupValues Of(string organizationId, string id, ResourceDocument document, ResourceMeta meta)
    {
        GroupRules.Check(document);
        var displayName = document.Text("displayName")!;
        return new GroupValues(
            organizationId,
            id,
            meta.Version,
            meta.CreatedAt,
            meta.LastModifiedAt,
            displayName,
            IndexKey.Checked("displayName", FoldedKey.Of(displayName)),
            document.Text("externalId"),
            StoredResource.Serialize(document, id, meta),
            SearchDocument.Of(document, GroupTable.Filtered));
    }

    public StoredResource ToResource() => new(Version, Document);
}
