namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>What a patch operation does. RFC 7644 §3.5.2.</summary>
public enum PatchAction
{
    Add,
    Replace,
    Remove,
}
