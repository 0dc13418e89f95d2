using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>The answer of an operation that has written a group.</summary>
internal static class GroupAnswer
{
    /// <summary>
    /// The whole group, read when the change is durable and other changes go on: it may have a hundred thousand members. Where it was deleted
    /// since, or cannot be read, the group as it was written, without members.
    /// </summary>
    public static ScimResponse Of(
        int status, UnitOfWork unitOfWork, StorageSession storage, string organizationId, StoredResource written, AttributeSelection? selection, PublicUrls urls) =>
        new StreamedResource(status, written.Stamp, async token =>
        {
            try
            {
                return await unitOfWork.ReadAsync(
                    async retried => await GroupStream.TryOpenAsync(storage, organizationId, written.Id, selection, urls, page: null, retried), token)
                    ?? GroupStream.Of(written, selection, urls);
            }
            catch (ScimException unread) when (unread.RetryAfter is not null)
            {
                // The change is made: a refusal would make the client repeat it, and a POST that is repeated makes another group.
                return GroupStream.Of(written, selection, urls);
            }
        });
}
