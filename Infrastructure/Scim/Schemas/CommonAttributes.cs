namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>The attributes that every resource has and no schema lists. RFC 7643 §3, §3.1.</summary>
public static class CommonAttributes
{
    public static AttributeDefinition Schemas { get; } = new()
    {
        Name = "schemas",
        Type = AttributeType.String,
        MultiValued = true,
        Required = true,
        Returned = Returned.Always,
    };

    public static AttributeDefinition Id { get; } = new()
    {
        Name = "id",
        CaseExact = true,
        Mutability = Mutability.ReadOnly,
        Returned = Returned.Always,
    };

    public static AttributeDefinition ExternalId { get; } = new() { Name = "externalId", CaseExact = true };

    public static AttributeDefinition Meta { get; } = new()
    {
        Name = "meta",
        Type = AttributeType.Complex,
        Mutability = Mutability.ReadOnly,
        SubAttributes =
        [
            ReadOnly("resourceType", AttributeType.String),
            ReadOnly("created", AttributeType.DateTime),
            ReadOnly("lastModified", AttributeType.DateTime),
            ReadOnly("location", AttributeType.Reference),
            ReadOnly("version", AttributeType.String),
        ],
    };

    public static IReadOnlyList<AttributeDefinition> All { get; } = [Schemas, Id, ExternalId, Meta];

    private static AttributeDefinition ReadOnly(string name, AttributeType type) =>
        new() { Name = name, Type = type, CaseExact = true, Mutability = Mutability.ReadOnly };
}
