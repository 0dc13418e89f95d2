using System.Text.Json;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// What an organization has of one kind, such as its users, as an export carries it: a line of JSON each. A feature that keeps
/// rows of organizations has one for each kind.
/// </summary>
internal interface IOrganizationPart
{
    /// <summary>The word that tells its lines from others.</summary>
    string Kind { get; }

    /// <summary>Its place in the file: a part may rest on what parts of a lower number have written.</summary>
    int Order { get; }

    /// <summary>Whether it opens the organization to whoever has the file, and so is exported only where that is asked for.</summary>
    bool IsSecret { get; }

    /// <summary>What writes the members of each line, one after the other; the rows are not gathered.</summary>
    IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId);

    /// <summary>
    /// Writes what a line says into the organization. The file may come from anywhere: everything is checked as if a client had
    /// sent it. Throws 400 for what cannot be, 409 for what is there already.
    /// </summary>
    Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line);
}
