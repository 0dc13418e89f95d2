namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>The range in which a value must not repeat. RFC 7643 §7.</summary>
public enum Uniqueness
{
    None,
    Server,
    Global,
}
