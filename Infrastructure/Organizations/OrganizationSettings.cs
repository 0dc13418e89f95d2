using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>The rules that an organization has for its users. Kept as JSON in its row; what is missing there has the shipped value.</summary>
public sealed partial record OrganizationSettings
{
    /// <summary>The role that the last-owner guard protects. A catalogue without it has no guard.</summary>
    public const string OwnerRole = "owner";

    public static OrganizationSettings Shipped { get; } = new();

    /// <summary>Domains that a userName must be in, lower case; empty allows all.</summary>
    public IReadOnlyList<string> EmailDomains { get; init; } = [];

    /// <summary>The roles that <c>role</c> may take, highest first.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ["owner", "administrator", "moderator", "member", "guest"];

    /// <summary>The role of a user that is created without one.</summary>
    public string DefaultRole { get; init; } = "member";

    /// <summary>Whether clients' deviations from the RFCs are refused.</summary>
    public bool Strict { get; init; }

    public static OrganizationSettings Parse(string json) => JsonSerializer.Deserialize(json, Json.Default.OrganizationSettings) ?? Shipped;

    public string ToJson() => JsonSerializer.Serialize(this, Json.Default.OrganizationSettings);

    [JsonSerializable(typeof(OrganizationSettings))]
    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    private sealed partial class Json : JsonSerializerContext;
}
