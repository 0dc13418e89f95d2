namespace ScimSlice.Tests.Fuzz;

/// <summary>A request that a hostile or broken client might send. The path is relative to the SCIM base URL and encoded for a URL.</summary>
internal sealed record OddRequest(string Method, string Path, byte[]? Body, (string Name, string Value)[] Headers)
{
    /// <summary>The request as it can be sent again, for the message of a failed test.</summary>
    public override string ToString()
    {
        var headers = string.Concat(Headers.Select(header => $"\n{header.Name}: {header.Value}"));
        var body = Body is null ? "" : $"\n\n{Convert.ToBase64String(Body)}";
        return $"{Method} {Path}{headers}{body}";
    }
}
