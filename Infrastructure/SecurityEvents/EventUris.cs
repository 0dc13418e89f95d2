namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>What security event tokens tell of. With values a PUT is told as the patch that does the same: an event holds what it changed, not the whole. RFC 9967 §2.</summary>
public static class EventUris
{
    public const string CreateFull = "urn:ietf:params:scim:event:prov:create:full";
    public const string CreateNotice = "urn:ietf:params:scim:event:prov:create:notice";
    public const string PatchFull = "urn:ietf:params:scim:event:prov:patch:full";
    public const string PatchNotice = "urn:ietf:params:scim:event:prov:patch:notice";
    public const string PutNotice = "urn:ietf:params:scim:event:prov:put:notice";
    public const string Delete = "urn:ietf:params:scim:event:prov:delete";
    public const string Activate = "urn:ietf:params:scim:event:prov:activate";
    public const string Deactivate = "urn:ietf:params:scim:event:prov:deactivate";
    public const string AsyncResponse = "urn:ietf:params:scim:event:misc:asyncresp";

    /// <summary>All that are issued here, as ServiceProviderConfig tells them.</summary>
    public static IReadOnlyList<string> All { get; } = [CreateFull, CreateNotice, PatchFull, PatchNotice, PutNotice, Delete, Activate, Deactivate, AsyncResponse];
}
