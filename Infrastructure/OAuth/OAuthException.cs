using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Infrastructure.OAuth;

/// <summary>A token request that is refused: the error code and the description of RFC 6749 §5.2. The description is for the client's administrator.</summary>
public sealed class OAuthException : Exception
{
    private OAuthException(int status, string error, string description) : base(description) => (Status, Error) = (status, error);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    public string Error { get; }

    /// <summary>Seconds that the client should wait; null where waiting does not help.</summary>
    public int? RetryAfter { get; private init; }

    /// <summary>The client that could not show that it is itself; null where none is known. The audit of its organization is told.</summary>
    public EndedToken? Client { get; private init; }

    /// <summary>The same, of a client that is known.</summary>
    public OAuthException By(string organizationId, string clientId) =>
        new(Status, Error, Message) { RetryAfter = RetryAfter, Client = new EndedToken(organizationId, Actor.Client(clientId), Error) };

    /// <summary>A parameter is missing, repeated or not understood.</summary>
    public static OAuthException InvalidRequest(string description) => new(400, "invalid_request", description);

    /// <summary>The client is not who it says, or is not known: both are answered alike.</summary>
    public static OAuthException InvalidClient(string description) => new(401, "invalid_client", description);

    public static OAuthException UnsupportedGrantType(string description) => new(400, "unsupported_grant_type", description);

    /// <summary>The form did not come in time.</summary>
    public static OAuthException RequestTimeout() => new(408, "invalid_request", "The form did not come in time.");

    /// <summary>What is needed to answer is away for the moment.</summary>
    public static OAuthException Unavailable(string description, int retryAfter, int status = 503) => new(status, "temporarily_unavailable", description) { RetryAfter = retryAfter };
}
