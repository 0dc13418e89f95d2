using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Users;

/// <summary>What holds for users beyond their schema.</summary>
internal static class UserRules
{
    /// <summary>Characters of a userName and of an externalId: both are index keys, and an index entry has its own limit.</summary>
    public const int MaxKeyLength = 512;

    /// <summary>Bytes of a stored user. Without it, many small PATCHes could grow one without end.</summary>
    public const int MaxDocumentBytes = 1024 * 1024;

    /// <summary>The role in the form in which it is compared, null where unassigned.</summary>
    public static string? RoleKey(ResourceDocument document) => document.Text("role") is { } role ? FoldedKey.Of(role) : null;

    /// <summary>A new user is active and has the organization's default role unless the client says otherwise.</summary>
    public static ResourceDocument WithDefaults(ResourceDocument document, OrganizationSettings settings)
    {
        var attributes = document.Attributes;
        if (attributes["active"] is null)
        {
            attributes = attributes.With("active", new AttributeValue.Boolean(true));
        }

        if (attributes["role"] is null)
        {
            attributes = attributes.With("role", new AttributeValue.Text(settings.DefaultRole));
        }

        return document with { Attributes = attributes };
    }

    /// <summary>
    /// A PUT that leaves out <c>active</c> or <c>role</c> keeps them: clearing would reactivate leavers and demote owners.
    /// </summary>
    public static ResourceDocument KeepingOnReplace(ResourceDocument after, ResourceDocument before) => Keeping(Keeping(after, before, "active"), before, "role");

    /// <summary>A PATCH cannot leave <c>active</c> unassigned: whoever clears it has not said which of the two it shall be.</summary>
    public static ResourceDocument KeepingOnPatch(ResourceDocument after, ResourceDocument before) => Keeping(after, before, "active");

    /// <summary>
    /// Checks what depends on the organization. A userName is held against the e-mail domain rule only when it is new or changed,
    /// so that a rule that came later blocks no deactivation. Throws 400 invalidValue.
    /// </summary>
    public static void Check(ResourceDocument after, ResourceDocument? before, OrganizationSettings settings)
    {
        var userName = after.Text("userName")!;
        if (string.IsNullOrWhiteSpace(userName))
        {
            throw ScimException.InvalidValue("userName: is required.");
        }

        CheckLength("userName", userName);
        CheckLength("externalId", after.Text("externalId"));
        if (userName == before?.Text("userName") || settings.EmailDomains.Count == 0)
        {
            return;
        }

        var at = userName.LastIndexOf('@');
        var domain = at < 0 ? null : FoldedKey.Of(userName[(at + 1)..]);
        if (domain is null || !settings.EmailDomains.Contains(domain))
        {
            throw ScimException.InvalidValue(
                $"userName: must be an address in {string.Join(" or ", settings.EmailDomains)} (the e-mail domain rule of this organization).");
        }
    }

    /// <summary>Throws 413 where the user would be larger than may be stored.</summary>
    public static void CheckSize(UserValues values)
    {
        if (values.Document.Length > MaxDocumentBytes)
        {
            throw ScimException.PayloadTooLarge($"The user would be larger than {MaxDocumentBytes} bytes.");
        }
    }

    private static void CheckLength(string name, string? value)
    {
        if (value?.Length > MaxKeyLength)
        {
            throw ScimException.InvalidValue($"{name}: must not be longer than {MaxKeyLength} characters.");
        }
    }

    private static ResourceDocument Keeping(ResourceDocument after, ResourceDocument before, string name) =>
        after.Attributes[name] is null ? after with { Attributes = after.Attributes.With(name, before.Attributes[name]) } : after;
}
