using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Features.Groups;

/// <summary>What holds for groups beyond their schema.</summary>
internal static class GroupRules
{
    /// <summary>The answer for an id that no group of the organization has.</summary>
    public static ScimException NotFound(string id) => ScimException.NotFound($"There is no Group with the id '{Excerpt.Of(id)}'.");

    /// <summary>Throws 400 invalidValue for a group that cannot be stored, and 413 for one that is too large.</summary>
    public static void Check(ResourceDocument group)
    {
        if (DocumentLimits.Weigh(group.Attributes) > DocumentLimits.MaxBytes)
        {
            throw ScimException.PayloadTooLarge($"The group would be larger than {DocumentLimits.MaxBytes} bytes.");
        }

        if (string.IsNullOrWhiteSpace(group.Text("displayName")))
        {
            throw ScimException.InvalidValue("displayName: is required.");
        }

        IndexKey.CheckLength("displayName", group.Text("displayName"));
        IndexKey.CheckLength("externalId", group.Text("externalId"));
    }
}
