namespace ScimSlice.Infrastructure.Organizations;

/// <summary>What an organization, or a token of it, may be called: text that stands on one line and can be typed again.</summary>
public static class OrganizationName
{
    public const int MaxLength = 100;

    public const string Rule = "has 1 to 100 characters, no control characters and no space around it";

    public static bool IsValid(string? name) => name is { Length: > 0 and <= MaxLength } && name.Trim() == name && !name.Any(char.IsControl);
}
