namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>What a client makes a change depend on. RFC 7644 §3.14, RFC 9110 §13.</summary>
public sealed record Preconditions(string? IfMatch, string? IfNoneMatch)
{
    public static Preconditions Of(ScimRequest request) => new(request.IfMatch, request.IfNoneMatch);

    /// <summary>Throws 412 where the version is not one that the client names, or is one that it excludes.</summary>
    public void Check(long version)
    {
        if ((IfMatch is not null && !EntityTag.Matches(IfMatch, version)) || (IfNoneMatch is not null && EntityTag.Matches(IfNoneMatch, version)))
        {
            throw ScimException.PreconditionFailed();
        }
    }
}
