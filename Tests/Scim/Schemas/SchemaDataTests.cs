using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Schemas;
using Xunit;

namespace ScimSlice.Tests.Scim.Schemas;

public sealed class SchemaDataTests
{
    private static readonly SchemaRegistry Registry = SchemaRegistry.BuiltIn;

    public static TheoryData<string> Files => new(typeof(SchemaRegistry).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("Schemas/", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_schema_file_reads_and_is_registered(string file)
    {
        using var stream = typeof(SchemaRegistry).Assembly.GetManifestResourceStream(file)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);

        var (extends, schema) = SchemaReader.Read(content);

        Registry.Schema(extends ?? schema.Id)!.Attributes.Select(attribute => attribute.Name)
            .Should().Contain(schema.Attributes.Select(attribute => attribute.Name));
    }

    [Fact]
    public void There_are_schema_files() => Files.Should().HaveCountGreaterThanOrEqualTo(6);

    [Fact]
    public void Every_schema_of_a_resource_type_resolves()
    {
        var urns = Registry.ResourceTypes.SelectMany(type => type.SchemaUrns);

        urns.Should().NotBeEmpty().And.OnlyContain(urn => Registry.Schema(urn) != null && Registry.Schema(urn.ToUpperInvariant()) != null);
    }

    [Fact]
    public void Every_attribute_of_a_resource_type_resolves_by_its_qualified_path()
    {
        foreach (var type in Registry.ResourceTypes)
        {
            foreach (var schema in type.Extensions.Select(extension => extension.Schema).Prepend(type.Schema))
            {
                foreach (var attribute in schema.Attributes)
                {
                    type.Resolve(new AttributePath(schema.Id, attribute.Name, null))!.Attribute.Should().BeSameAs(attribute);
                    foreach (var subAttribute in attribute.SubAttributes)
                    {
                        type.Resolve(new AttributePath(schema.Id, attribute.Name, subAttribute.Name))!.Target.Should().BeSameAs(subAttribute);
                    }
                }
            }
        }
    }

    [Fact]
    public void Names_differ_by_more_than_case_and_none_is_a_common_attribute_s()
    {
        foreach (var type in Registry.ResourceTypes)
        {
            var names = type.Schema.Attributes.Concat(CommonAttributes.All).Select(attribute => attribute.Name.ToUpperInvariant());
            names.Should().OnlyHaveUniqueItems();
        }

        var complex = Registry.Schemas.SelectMany(schema => schema.Attributes).Where(attribute => attribute.IsComplex);
        complex.Should().OnlyContain(attribute =>
            attribute.SubAttributes.Select(sub => sub.Name.ToUpperInvariant()).Distinct().Count() == attribute.SubAttributes.Count);
    }

    [Fact]
    public void UserName_is_the_one_attribute_that_a_user_must_have() =>
        Registry.User.Schema.Attributes.Where(attribute => attribute.Required).Select(attribute => attribute.Name).Should().Equal("userName");

    [Fact]
    public void Complex_attributes_and_booleans_have_no_uniqueness_of_their_own()
    {
        var attributes = All().Where(attribute => attribute.IsComplex || attribute.Type == AttributeType.Boolean);

        attributes.Should().NotBeEmpty().And.OnlyContain(attribute => attribute.Uniqueness == null, "EID 6004");
    }

    [Fact]
    public void References_are_case_exact() =>
        All().Where(attribute => attribute.Type == AttributeType.Reference).Should().NotBeEmpty().And.OnlyContain(attribute => attribute.CaseExact, "EID 6001");

    [Fact]
    public void Sub_attributes_are_simple() =>
        All(Registry.ResourceTypes.SelectMany(type => type.Extensions.Select(extension => extension.Schema).Prepend(type.Schema)))
            .SelectMany(attribute => attribute.SubAttributes).Should().NotContain(sub => sub.IsComplex, "EID 8415");

    [Fact]
    public void The_errata_of_the_printed_schemas_hold()
    {
        var user = Registry.User;

        user.Resolve(new AttributePath("groups", "$ref"))!.Target.ReferenceTypes.Should().Equal(["Group"], "EID 8471");
        user.Resolve(new AttributePath("manager", "value"))!.Target.CaseExact.Should().BeTrue("EID 8472");
        user.Resolve(new AttributePath("addresses", "primary"))!.Target.Type.Should().Be(AttributeType.Boolean, "RFC 7643 §2.4, §8.2");
        user.Resolve(new AttributePath("ims", "type"))!.Target.CanonicalValues.Should().Contain("other", "RFC 7643 §4.1.2");
        user.Resolve(new AttributePath("groups", "value"))!.Target.CaseExact.Should().BeFalse("printed so");
        Served("ResourceType", "schemaExtensions").MultiValued.Should().BeTrue("EID 7522");
        Served("Schema", "attributes", "type").CanonicalValues.Should().Contain("binary", "EID 5606, 8435");
        Served("Schema", "attributes", "subAttributes", "type").CanonicalValues.Should().Contain("binary").And.NotContain("complex", "EID 8415");
        Served("Schema", "attributes", "subAttributes", "referenceTypes").MultiValued.Should().BeTrue("EID 5607");
        Served("ServiceProviderConfig", "etag", "supported").Required.Should().BeTrue("EID 8011, RFC 7643 §5");
        Served("ServiceProviderConfig", "authenticationSchemes", "type").Required.Should().BeTrue("EID 8011, RFC 7643 §5");
    }

    [Fact]
    public void Characteristics_that_decide_what_clients_may_do_are_as_the_RFC_has_them()
    {
        var user = Registry.User;

        user.Resolve(new AttributePath("userName"))!.Target.Uniqueness.Should().Be(Uniqueness.Server);
        user.Resolve(new AttributePath("groups"))!.Target.Mutability.Should().Be(Mutability.ReadOnly);
        user.Resolve(new AttributePath("manager", "displayName"))!.Target.Mutability.Should().Be(Mutability.ReadOnly);
        var password = user.Resolve(new AttributePath("password"))!.Target;
        (password.Mutability, password.Returned).Should().Be((Mutability.WriteOnly, Returned.Never));
        user.Resolve(new AttributePath("id"))!.Target.Should().Be(CommonAttributes.Id);
        (CommonAttributes.Id.CaseExact, CommonAttributes.Id.Returned, CommonAttributes.ExternalId.CaseExact).Should().Be((true, Returned.Always, true));
        CommonAttributes.Meta.SubAttributes.Should().OnlyContain(sub => sub.Mutability == Mutability.ReadOnly);
    }

    [Fact]
    public void An_organization_s_roles_stand_in_the_place_of_the_built_in_ones()
    {
        var registry = Registry.WithRoles(["chief", "crew"]);

        registry.User.Schema.Attribute("role")!.CanonicalValues.Should().Equal("chief", "crew");
        registry.Schema(SchemaRegistry.UserUrn).Should().BeSameAs(registry.User.Schema);
        Registry.User.Schema.Attribute("role")!.CanonicalValues.Should().NotContain("chief");
    }

    private static AttributeDefinition Served(string schema, params string[] names)
    {
        var attribute = Registry.Schema($"urn:ietf:params:scim:schemas:core:2.0:{schema}")!.Attribute(names[0])!;
        return names.Skip(1).Aggregate(attribute, (parent, name) => parent.SubAttribute(name)!);
    }

    private static IEnumerable<AttributeDefinition> All() => All(Registry.Schemas).Concat(CommonAttributes.Meta.SubAttributes);

    private static IEnumerable<AttributeDefinition> All(IEnumerable<Schema> schemas)
    {
        var open = new Stack<AttributeDefinition>(schemas.SelectMany(schema => schema.Attributes));
        while (open.TryPop(out var attribute))
        {
            yield return attribute;
            foreach (var subAttribute in attribute.SubAttributes)
            {
                open.Push(subAttribute);
            }
        }
    }
}
