namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>What security event tokens hold of a change. RFC 9967 §2.</summary>
public static class TokenMode
{
    /// <summary>The values.</summary>
    public const string Full = "full";

    /// <summary>The names of the attributes; who wants the values fetches them.</summary>
    public const string Notice = "notice";

    public static IReadOnlyList<string> All { get; } = [Full, Notice];
}
