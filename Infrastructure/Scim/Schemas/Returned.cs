namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>When an attribute appears in a response. RFC 7643 §7.</summary>
public enum Returned
{
    Default,
    Always,
    Never,
    Request,
}
