namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>How an endpoint has its events.</summary>
public static class DeliveryMethod
{
    /// <summary>They are sent as Standard Webhooks 1.0 says.</summary>
    public const string Webhook = "webhook";

    /// <summary>They are sent as security event tokens. RFC 8935.</summary>
    public const string Push = "push";

    /// <summary>They are fetched as security event tokens. RFC 8936.</summary>
    public const string Poll = "poll";

    public static IReadOnlyList<string> All { get; } = [Webhook, Push, Poll];
}
