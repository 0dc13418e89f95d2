using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>As much of a user's row as an answer needs.</summary>
internal static class ServedUser
{
    /// <summary>The columns, in statements that call the table <c>u</c>.</summary>
    public const string Columns = "u.version, u.document";

    /// <summary>Whether the user is in a group at all: more than 0 if so. It spares most users the look at their groups.</summary>
    public const string Membership =
        "(select count(*) from (select 1 from memberships m where m.organization_id = u.organization_id and m.member_id = u.id limit 1) any_group)";

    /// <summary>The user of that id in the organization. Throws 404 where there is none, the same for unknown, deleted and foreign ids.</summary>
    public static async ValueTask<StoredResource> FindAsync(
        StorageSession storage, string organizationId, string id, AttributeSelection? selection, PublicUrls urls, CancellationToken cancellationToken)
    {
        var (user, isMember) = await storage.ReadAsync(
            $"select {Columns}, {Membership} from users u where u.organization_id = @organizationId and u.id = @id",
            new SqlParameters().With("organizationId", organizationId).With("id", id),
            static async (_, row, token) => await row.ReadAsync(token) ? (new StoredResource(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), row.GetInt64(2) > 0) : default,
            cancellationToken);
        return user == default ? throw UserRules.NotFound(id)
            : isMember && ShowsGroups(selection) ? GroupsOfUsers.Splice(user, await GroupsOfUsers.OfAsync(storage, organizationId, id, cancellationToken), urls)
            : user;
    }

    /// <summary>Whether an answer has the groups of users, which take a look at the memberships.</summary>
    public static bool ShowsGroups(AttributeSelection? selection) => selection?.PartsOf(GroupsOfUsers.Name) is not { Count: 0 };
}
