namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>
/// What an attribute path stands for in one resource type. <see cref="Extension"/> is the URN of the container that holds
/// the attribute, null at the top level; <see cref="Attribute"/> is null where the path names a whole extension.
/// </summary>
public sealed record ResolvedAttribute(string? Extension, AttributeDefinition? Attribute, AttributeDefinition? SubAttribute)
{
    /// <summary>The definition that the path ends at: the sub-attribute where one is named. Throws where a whole extension is named.</summary>
    public AttributeDefinition Target => SubAttribute ?? Attribute ?? throw new InvalidOperationException("A whole extension has no definition.");

    /// <summary>Whether the path names an extension as a whole.</summary>
    public bool IsExtension => Attribute is null;

    /// <summary>The fully qualified notation of RFC 7644 §3.10, for messages.</summary>
    public override string ToString()
    {
        var name = Attribute is null ? null : SubAttribute is null ? Attribute.Name : $"{Attribute.Name}.{SubAttribute.Name}";
        return Extension is null ? name! : name is null ? Extension : $"{Extension}:{name}";
    }
}
