namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>An event as it is sent.</summary>
internal sealed record DeliveryMessage(byte[] Body, string ContentType, IReadOnlyList<KeyValuePair<string, string>> Headers);
