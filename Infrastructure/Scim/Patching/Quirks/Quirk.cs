namespace ScimSlice.Infrastructure.Scim.Patching.Quirks;

/// <summary>A named deviation of a client from the RFCs that is understood unless the organization is strict.</summary>
public enum Quirk
{
    /// <summary><c>"active": "False"</c> means <c>"active": false</c>. Entra ID without its compliance flag.</summary>
    BooleanAsText,

    /// <summary><c>"employeeNumber": 123</c> means <c>"employeeNumber": "123"</c>. HR tools.</summary>
    NumberAsText,

    /// <summary><c>"middleName": ""</c> means that the attribute is unassigned. Okta, Entra ID when clearing.</summary>
    EmptyTextAsUnassigned,

    /// <summary><c>"profileUrl": "my page"</c> is kept as sent, though a reference is a URI (RFC 7643 §2.3.7). Directories with free text.</summary>
    ReferenceAsSent,

    /// <summary><c>"emails": {…}</c> means <c>"emails": [{…}]</c>. OneLogin's templates.</summary>
    SingleValueForList,

    /// <summary><c>"manager": "42"</c> means <c>"manager": {"value": "42"}</c>. Entra ID.</summary>
    TextForComplex,

    /// <summary><c>"manager": [{"value": "42"}]</c> means <c>"manager": {"value": "42"}</c>. Entra ID.</summary>
    ListForSingleValue,

    /// <summary>A schema URN that the resource type does not have is passed over. Older Entra ID groups, Google.</summary>
    UnknownSchemaUrn,

    /// <summary><c>urn:scim:schemas:core:1.0</c> stands for the core schema. OneLogin's templates.</summary>
    Scim1SchemaUrn,

    /// <summary>A request body without Content-Type is read as application/scim+json.</summary>
    MissingContentType,

    /// <summary><c>{"op":"replace","value":{"name.givenName":"A"}}</c> means one operation per key, the key its path. Entra ID with its flag.</summary>
    DottedKeys,

    /// <summary><c>{"op":"remove","path":"members","value":[{"value":"1"}]}</c> removes those elements only. Entra ID without its flag, JumpCloud.</summary>
    RemoveListedValues,

    /// <summary><c>schemas</c> in a path-less value says what the value is made of and changes nothing. Clients that send back what they read.</summary>
    EchoedSchemas,

    /// <summary><c>emails[type eq "work"].value eq "x"</c> means <c>emails[type eq "work" and value eq "x"]</c>. Entra ID.</summary>
    ComparisonBehindValuePath,

    /// <summary><c>primary eq "True"</c> means <c>primary eq true</c>. Entra ID.</summary>
    BooleanAsTextInFilter,

    /// <summary><c>externalId eq jyoung</c> means <c>externalId eq "jyoung"</c>. Entra ID's documentation.</summary>
    UnquotedText,

    /// <summary><c>value eq"42"</c> means <c>value eq "42"</c>, and <c>)and(</c> means <c>) and (</c>. An example of RFC 7644 §3.5.2.2.</summary>
    MissingSpace,

    /// <summary><c>manager eq "42"</c> means <c>manager.value eq "42"</c>. Entra ID's reference checks.</summary>
    ComplexComparedByValue,

    /// <summary>An empty <c>Operations</c> list changes nothing. Entra ID.</summary>
    EmptyOperations,

    /// <summary><c>emails[type eq "work"].value</c> replaced where no such value is means that it is added. Entra ID.</summary>
    ReplaceWithoutMatchAsAdd,

    /// <summary><c>emails[type eq "work"]</c> replaced by part of its sub-attributes keeps the others. Entra ID, SailPoint.</summary>
    ReplaceElementAsMerge,

    /// <summary>A POST in a Bulk request without <c>bulkId</c>, though RFC 7644 §3.7 requires one. Clients that refer to nothing.</summary>
    BulkWithoutId,

    /// <summary>A path-less value that repeats the resource's own <c>id</c>, <c>meta</c> or <c>groups</c> changes nothing. Okta.</summary>
    EchoedReadOnly,
}
