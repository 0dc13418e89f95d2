using System.Reflection;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>All schemas and resource types that are served: the one truth about type, mutability, returned, uniqueness and case.</summary>
public sealed class SchemaRegistry
{
    public const string UserUrn = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string GroupUrn = "urn:ietf:params:scim:schemas:core:2.0:Group";
    public const string EnterpriseUserUrn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    private static readonly string[] Files =
        ["User", "UserRole", "EnterpriseUser", "Group", "ServiceProviderConfig", "ResourceType", "Schema"];

    private SchemaRegistry(IReadOnlyList<Schema> schemas, IReadOnlyList<ResourceType> resourceTypes)
    {
        Schemas = schemas;
        ResourceTypes = resourceTypes;
        User = resourceTypes.Single(type => type.Name == "User");
        Group = resourceTypes.Single(type => type.Name == "Group");
    }

    /// <summary>The schemas that ship with the program, read from its data files.</summary>
    public static SchemaRegistry BuiltIn { get; } = LoadBuiltIn();

    public IReadOnlyList<Schema> Schemas { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public ResourceType User { get; }

    public ResourceType Group { get; }

    /// <summary>A type with the schemas of all, for reading paths where it is not known which type is meant.</summary>
    public ResourceType Any => User with { Extensions = [.. User.Extensions, new SchemaExtension(Group.Schema, Required: false)] };

    /// <summary>The schema of that URN, in any case; null where there is none.</summary>
    public Schema? Schema(string urn) => Schemas.FirstOrDefault(schema => schema.Id.Equals(urn, StringComparison.OrdinalIgnoreCase));

    /// <summary>The resource type of that name; null where there is none.</summary>
    public ResourceType? ResourceType(string name) =>
        ResourceTypes.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>This registry with another role catalogue: the organization's own values of the user's <c>role</c>.</summary>
    public SchemaRegistry WithRoles(IReadOnlyList<string> roles)
    {
        var user = User.Schema with
        {
            Attributes = [.. User.Schema.Attributes.Select(attribute => attribute.Name == "role" ? attribute with { CanonicalValues = roles } : attribute)],
        };
        return new SchemaRegistry(
            [.. Schemas.Select(schema => schema.Id == user.Id ? user : schema)],
            [.. ResourceTypes.Select(type => type.Schema.Id == user.Id ? type with { Schema = user } : type)]);
    }

    /// <summary>
    /// This registry with what an operator's files add. A file with the URN of an earlier one takes its place, so that an organization
    /// can have its own form of an extension. Says what cannot be in <paramref name="faults"/>, by the place of the file in the list.
    /// </summary>
    public SchemaRegistry With(IReadOnlyList<CustomSchema> files, ICollection<(int File, string Fault)> faults)
    {
        var schemas = Schemas.ToList();
        var extensions = User.Extensions.ToList();
        for (var file = 0; file < files.Count; file++)
        {
            var custom = files[file];
            var fault = custom.Extends is null ? Extend(schemas, extensions, custom) : Add(schemas, extensions, custom);
            if (fault is not null)
            {
                faults.Add((file, fault));
            }
        }

        var user = User with { Schema = schemas.Single(schema => schema.Id == UserUrn), Extensions = extensions };
        return new SchemaRegistry(schemas, [.. ResourceTypes.Select(type => type.Name == user.Name ? user : type)]);
    }

    /// <summary>Adds an extension of users, or puts it in the place of an earlier one; says why where that cannot be.</summary>
    private static string? Extend(List<Schema> schemas, List<SchemaExtension> extensions, CustomSchema custom)
    {
        var index = schemas.FindIndex(schema => schema.Id.Equals(custom.Schema.Id, StringComparison.OrdinalIgnoreCase));
        var extension = extensions.FindIndex(known => known.Schema.Id.Equals(custom.Schema.Id, StringComparison.OrdinalIgnoreCase));
        if (index < 0 && schemas.FirstOrDefault(schema => IsBelow(schema.Id, custom.Schema.Id) || IsBelow(custom.Schema.Id, schema.Id)) is { } other)
        {
            return $"{custom.Schema.Id} and {other.Id} begin alike, so that a path could mean an attribute of either; choose another id.";
        }

        if (index < 0)
        {
            schemas.Add(custom.Schema);
            extensions.Add(new SchemaExtension(custom.Schema, custom.Required));
            return null;
        }

        if (extension < 0 || BuiltIn.Schema(custom.Schema.Id) is not null)
        {
            return $"{custom.Schema.Id} is built in; add attributes to it with \"extends\".";
        }

        schemas[index] = custom.Schema;
        extensions[extension] = new SchemaExtension(custom.Schema, custom.Required);
        return null;
    }

    private static bool IsBelow(string above, string urn) => urn.StartsWith($"{above}:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds attributes to the core schema of users or to an extension; says why where that cannot be.</summary>
    private static string? Add(List<Schema> schemas, List<SchemaExtension> extensions, CustomSchema custom)
    {
        var index = schemas.FindIndex(schema => schema.Id.Equals(custom.Extends, StringComparison.OrdinalIgnoreCase));
        var extension = extensions.FindIndex(known => known.Schema.Id.Equals(custom.Extends, StringComparison.OrdinalIgnoreCase));
        if (index < 0 || (extension < 0 && schemas[index].Id != UserUrn))
        {
            return $"there is no schema {custom.Extends} of users to add attributes to.";
        }

        if (custom.Schema.Attributes.FirstOrDefault(attribute => schemas[index].Attribute(attribute.Name) is not null) is { } taken)
        {
            return $"{schemas[index].Id} has an attribute '{taken.Name}' already.";
        }

        schemas[index] = schemas[index] with { Attributes = [.. schemas[index].Attributes, .. custom.Schema.Attributes] };
        if (extension >= 0)
        {
            extensions[extension] = extensions[extension] with { Schema = schemas[index] };
        }

        return null;
    }

    private static SchemaRegistry LoadBuiltIn()
    {
        var schemas = new List<Schema>();
        foreach (var file in Files)
        {
            var (extends, schema) = SchemaReader.Read(ReadFile($"Schemas/{file}.json"));
            if (extends is null)
            {
                schemas.Add(schema);
                continue;
            }

            var index = schemas.FindIndex(known => known.Id == extends);
            schemas[index] = schemas[index] with { Attributes = [.. schemas[index].Attributes, .. schema.Attributes] };
        }

        var user = new ResourceType
        {
            Name = "User",
            Description = "User account",
            Endpoint = "/Users",
            Schema = schemas.Single(schema => schema.Id == UserUrn),
            Extensions = [new SchemaExtension(schemas.Single(schema => schema.Id == EnterpriseUserUrn), Required: false)],
        };
        var group = new ResourceType
        {
            Name = "Group",
            Description = "Group of users and groups",
            Endpoint = "/Groups",
            Schema = schemas.Single(schema => schema.Id == GroupUrn),
        };
        return new SchemaRegistry(schemas, [user, group]);
    }

    private static byte[] ReadFile(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The schema file {name} is missing from the program.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
