namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>Who may set an attribute, and when. RFC 7643 §7.</summary>
public enum Mutability
{
    ReadWrite,
    ReadOnly,
    Immutable,
    WriteOnly,
}
