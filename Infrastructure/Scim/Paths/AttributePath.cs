namespace ScimSlice.Infrastructure.Scim.Paths;

/// <summary>
/// A name in attribute notation: <c>[URN ":"] attribute ["." subAttribute]</c>. RFC 7644 §3.10. Parts are kept as written;
/// they compare without regard to case when resolved. <see cref="Name"/> is null where the URN stands alone.
/// </summary>
public sealed record AttributePath(string? Schema, string? Name, string? SubAttribute)
{
    /// <summary>An unqualified path.</summary>
    public AttributePath(string name, string? subAttribute = null) : this(null, name, subAttribute)
    {
    }

    /// <summary>The notation itself.</summary>
    public override string ToString()
    {
        var name = SubAttribute is null ? Name : $"{Name}.{SubAttribute}";
        return Schema is null ? name! : name is null ? Schema : $"{Schema}:{name}";
    }
}
