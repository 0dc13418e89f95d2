using System.Text.Json;
using System.Text.Json.Serialization;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>The rules that an organization has for its users. Kept as JSON in its row; what is missing there has the shipped value.</summary>
public sealed partial record OrganizationSettings
{
    /// <summary>The role that the last-owner guard protects. A catalogue without it has no guard.</summary>
    public const string OwnerRole = "owner";

    /// <summary>Roles, and e-mail domains, of one organization.</summary>
    public const int MaxValues = 100;

    /// <summary>Characters of one role.</summary>
    public const int MaxRoleLength = 64;

    private static readonly string[] ShippedRoles = ["owner", "administrator", "moderator", "member", "guest"];

    // Null where the JSON has no such member: the reader made for it sets every member, and so an initial value would be lost.
    private readonly IReadOnlyList<string>? emailDomains;
    private readonly IReadOnlyList<string>? roles;
    private readonly string? defaultRole;
    private readonly IReadOnlyList<string>? indexed;
    private readonly IReadOnlyList<string>? sensitive;

    public static OrganizationSettings Shipped { get; } = new();

    /// <summary>Domains that a userName must be in, lower case; empty allows all.</summary>
    public IReadOnlyList<string> EmailDomains { get => emailDomains ?? []; init => emailDomains = value; }

    /// <summary>The roles that <c>role</c> may take, highest first.</summary>
    public IReadOnlyList<string> Roles { get => roles ?? ShippedRoles; init => roles = value; }

    /// <summary>The role of a user that is created without one.</summary>
    public string DefaultRole { get => defaultRole ?? "member"; init => defaultRole = value; }

    /// <summary>The attributes (by their full names) whose values can be looked up fast, beyond those that always can.</summary>
    public IReadOnlyList<string> Indexed { get => indexed ?? []; init => indexed = value; }

    /// <summary>The attributes (by their full names) that a filter in a URL, which ends up in logs, must not name. RFC 7644 §7.5.2.</summary>
    public IReadOnlyList<string> Sensitive { get => sensitive ?? []; init => sensitive = value; }

    /// <summary>Whether clients' deviations from the RFCs are refused.</summary>
    public bool Strict { get; init; }

    public static OrganizationSettings Parse(string json) => JsonSerializer.Deserialize(json, Json.Default.OrganizationSettings) ?? Shipped;

    /// <summary>Why these rules cannot be an organization's, in one line; null where they can.</summary>
    public string? Fault()
    {
        if (EmailDomains.Count > MaxValues || EmailDomains.Contains(null!))
        {
            return $"An organization has at most {MaxValues} e-mail domains.";
        }

        if (EmailDomains.FirstOrDefault(domain => domain != FoldedKey.Of(domain) || Uri.CheckHostName(domain) != UriHostNameType.Dns) is { } domain)
        {
            return $"'{Excerpt.Of(domain)}' is not a domain such as example.com.";
        }

        if (Sensitive.Count > MaxValues || Indexed.Count > MaxValues || Sensitive.Contains(null!) || Indexed.Contains(null!))
        {
            return $"An organization names at most {MaxValues} attributes.";
        }

        if (Roles.Count is 0 or > MaxValues)
        {
            return $"An organization has 1 to {MaxValues} roles.";
        }

        if (Roles.Any(role => role is not { Length: > 0 and <= MaxRoleLength } || role.Trim() != role || role.Any(char.IsControl)))
        {
            return $"A role has 1 to {MaxRoleLength} characters and no space around it.";
        }

        if (Roles.Select(FoldedKey.Of).Distinct().Count() != Roles.Count)
        {
            return "A role is named twice.";
        }

        return Roles.Contains(DefaultRole)
            ? null
            : $"The default role '{Excerpt.Of(DefaultRole)}' is not one of the roles {string.Join(", ", Roles)}; set --default-role to one of them.";
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json.Default.OrganizationSettings);

    [JsonSerializable(typeof(OrganizationSettings))]
    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    private sealed partial class Json : JsonSerializerContext;
}
