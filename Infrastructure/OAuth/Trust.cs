namespace ScimSlice.Infrastructure.OAuth;

/// <summary>Whose assertions a client is known by: who signs them, with which keys, about whom, and for whom. RFC 7523 §3.</summary>
/// <param name="JwksUri">Where the keys are published (RFC 7517).</param>
public sealed record Trust(string Issuer, string JwksUri, string Subject, string Audience)
{
    /// <summary>Entra shows the audience as the scope that it asks for; the assertion names it without this.</summary>
    private const string DefaultScope = "/.default";

    /// <summary>Characters of each part.</summary>
    public const int MaxLength = 512;

    /// <summary>Why this cannot be a trust, in one line; null where it can.</summary>
    public string? Fault() => new[] { Issuer, JwksUri, Subject, Audience }.All(IsPlain)
        ? Uri.TryCreate(JwksUri, UriKind.Absolute, out var url) && url is { Scheme: "https" } or { Scheme: "http", IsLoopback: true } && url.UserInfo.Length == 0 && url.Fragment.Length == 0
            ? null
            : "The key set of a trust must be an https URL, such as https://login.microsoftonline.com/TENANT_ID/discovery/v2.0/keys."
        : $"Issuer, key set, subject and audience of a trust have 1 to {MaxLength} characters of ASCII each, without spaces.";

    /// <summary>Whether a text can be a part of a trust, or the id of a client: printable ASCII without spaces, and not too much of it.</summary>
    public static bool IsPlain(string? text) => text is { Length: > 0 and <= MaxLength } && text.All(letter => letter is > ' ' and < '\u007f');

    /// <summary>The audience as assertions may name it.</summary>
    public IReadOnlyList<string> Audiences => Audience.EndsWith(DefaultScope, StringComparison.Ordinal) ? [Audience, Audience[..^DefaultScope.Length]] : [Audience];
}
