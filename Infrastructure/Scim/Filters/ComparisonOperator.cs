namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>The operators that compare an attribute with a value. RFC 7644 §3.4.2.2, Table 3. <c>pr</c> has no value and is not one.</summary>
public enum ComparisonOperator
{
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}
