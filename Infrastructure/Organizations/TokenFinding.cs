namespace ScimSlice.Infrastructure.Organizations;

/// <summary>What a look for a token finds.</summary>
/// <param name="Grant">What the token grants; null where it is not live.</param>
/// <param name="Ended">What is known of a token that is not live any more; null for one that was never there.</param>
public readonly record struct TokenFinding(TokenGrant? Grant, EndedToken? Ended)
{
    public static TokenFinding Unknown => default;
}
