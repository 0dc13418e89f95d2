namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>A schema that a resource type adds to its core schema. RFC 7643 §6.</summary>
public sealed record SchemaExtension(Schema Schema, bool Required);
