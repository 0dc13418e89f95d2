namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>Which resource an answer is about, and which version of it.</summary>
/// <param name="Location">Below the base URL: <c>/Groups/ID</c>.</param>
public readonly record struct ResourceStamp(long Version, string Location)
{
    public string Tag => EntityTag.Of(Version);
}
