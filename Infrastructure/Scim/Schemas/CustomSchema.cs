namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>What a schema file of the operator adds: an extension of users, or attributes of a schema that is there. RFC 7643 §3.3, §7.</summary>
/// <param name="Extends">The URN of the schema whose attributes are added to; null for an extension of its own.</param>
/// <param name="Required">Whether every user has to have the extension's required attributes.</param>
public sealed record CustomSchema(string? Extends, Schema Schema, bool Required)
{
    /// <summary>Attributes and sub-attributes of one file.</summary>
    public const int MaxAttributes = 300;

    /// <summary>Sub-attributes of one attribute: each that was sent is remembered in a bit.</summary>
    public const int MaxSubAttributes = 64;

    /// <summary>Characters of a name, and of a URN.</summary>
    public const int MaxNameLength = 200;
}
