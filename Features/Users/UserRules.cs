using System.Globalization;
using System.Text;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Users;

/// <summary>What holds for users beyond their schema.</summary>
internal static class UserRules
{
    /// <summary>The answer for an id that no user of the organization has.</summary>
    public static ScimException NotFound(string id) => ScimException.NotFound($"There is no User with the id '{Excerpt.Of(id)}'.");

    /// <summary>The role in the form in which it is compared, null where unassigned.</summary>
    public static string? RoleKey(ResourceDocument document) => document.Text("role") is { } role ? FoldedKey.Of(role) : null;

    /// <summary>A new user is active and has the organization's default role unless the client says otherwise.</summary>
    public static ResourceDocument WithDefaults(ResourceDocument document, OrganizationSettings settings) =>
        Or(WithActive(document), "role", new AttributeValue.Text(settings.DefaultRole));

    /// <summary>A user is active unless somebody says otherwise; every stored user says which, so that its column does.</summary>
    public static ResourceDocument WithActive(ResourceDocument document) => Or(document, "active", new AttributeValue.Boolean(true));

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
        if (DocumentLimits.Weigh(after.Attributes) > DocumentLimits.MaxBytes)
        {
            throw ScimException.PayloadTooLarge($"The user would be larger than {DocumentLimits.MaxBytes} bytes.");
        }

        var userName = after.Text("userName")!;
        if (string.IsNullOrWhiteSpace(userName))
        {
            throw ScimException.InvalidValue("userName: is required.");
        }

        IndexKey.CheckLength("userName", userName);
        IndexKey.CheckLength("externalId", after.Text("externalId"));
        IndexKey.CheckLength("displayName", after.Text("displayName"));
        if (userName == before?.Text("userName"))
        {
            return;
        }

        CheckCharacters(userName);
        if (settings.EmailDomains.Count > 0 && !IsAddressIn(userName, settings.EmailDomains))
        {
            throw ScimException.InvalidValue(
                $"userName: must be an address in {string.Join(" or ", settings.EmailDomains)} (the e-mail domain rule of this organization).");
        }
    }

    /// <summary>One address and nothing beside it: whoever mails to it must reach the domain that was checked.</summary>
    private static bool IsAddressIn(string userName, IReadOnlyList<string> domains)
    {
        var at = userName.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && userName.LastIndexOf('@') == at
            && !userName.Any(character => char.IsWhiteSpace(character) || character is ',' or ';' or '<' or '>' or '(' or ')' or '"') && domains.Contains(FoldedKey.Of(userName[(at + 1)..]));
    }

    /// <summary>RFC 8265 §3.3: a user name has no control characters and none that cannot be seen; else two names could look alike.</summary>
    private static void CheckCharacters(string userName)
    {
        foreach (var rune in userName.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || rune.Value is 0x034F or 0x115F or 0x1160 or 0x3164 or 0xFFA0 or (>= 0xFE00 and <= 0xFE0F))
            {
                throw ScimException.InvalidValue($"userName: holds the character U+{rune.Value:X4}, which cannot be seen.");
            }
        }
    }

    private static ResourceDocument Keeping(ResourceDocument after, ResourceDocument before, string name) => Or(after, name, before.Attributes[name]);

    /// <summary>The document with that value where it leaves the attribute unassigned.</summary>
    private static ResourceDocument Or(ResourceDocument document, string name, AttributeValue? value) =>
        document.Attributes[name] is null ? document with { Attributes = document.Attributes.With(name, value) } : document;
}
