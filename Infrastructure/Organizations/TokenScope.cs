namespace ScimSlice.Infrastructure.Organizations;

/// <summary>What a token may do: read or write by SCIM, where write includes read, or follow events by the application API.</summary>
public enum TokenScope
{
    /// <summary>Nothing of SCIM, and so below what it asks for.</summary>
    Events,
    Read,
    Write,
}
