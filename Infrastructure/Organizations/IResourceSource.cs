using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// The resources of one type, for a search over all of them. A feature that serves a type has one.
/// </summary>
internal interface IResourceSource
{
    /// <summary>Its place among the types where no order is asked for, a digit.</summary>
    string Place { get; }

    /// <summary>The table and its alias in statements: <c>users u</c>.</summary>
    string Rows { get; }

    ResourceType TypeOf(SchemaRegistry schemas);

    ResourceTable TableOf(OrganizationSettings settings);

    /// <summary>Gives a statement the URLs that it uses.</summary>
    void AddUrls(string sql, SqlParameters parameters, PublicUrls urls);

    /// <summary>The resources of these ids as they are stored, by id; those that are gone are not among them.</summary>
    ValueTask<IReadOnlyDictionary<string, StoredResource>> ReadAsync(StorageSession storage, string organizationId, IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Begins to write one of them, with what follows from memberships.</summary>
    ValueTask<IResourceStream> OpenAsync(
        StorageSession storage, string organizationId, StoredResource resource, AttributeSelection? selection, PublicUrls urls, CancellationToken cancellationToken);
}
