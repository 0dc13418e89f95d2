namespace ScimSlice.Infrastructure.Organizations;

/// <summary>What an organization, or a token of it, may be called: text that stands on one line and can be typed again.</summary>
public static class OrganizationName
{
    public const int MaxLength = 100;

    public const string Rule = "has 1 to 100 characters, no control characters, no space around it and not the form of an id";

    /// <summary>Commands take a name or an id, so a name in the form of an id could be taken for that of another.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && name.Trim() == name && !name.Any(char.IsControl) && !Guid.TryParse(name, out _);
}
