namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>The data types an attribute may have. RFC 7643 §2.3.</summary>
public enum AttributeType
{
    String,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Binary,
    Reference,
    Complex,
}
