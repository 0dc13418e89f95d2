using System.Globalization;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Features.Webhooks;

/// <summary>The place of a delivery among all of an organization: those of an event are in the order of their webhooks.</summary>
/// <param name="WebhookId">The webhook's id; a tilde, which is behind all ids, where the position alone is known.</param>
public sealed record DeliveryPlace(long Position, string WebhookId)
{
    private const string Last = "~";

    /// <summary>What a text must be like to be one.</summary>
    public static TextForm Form { get; } = new(
        "a position, or what an answer gave as next", "^([0-9]{1,18}(\\.[0-9a-f-]{36})?)?$", text => text.Length == 0 || Parse(text) is not null);

    /// <summary>Reads a position, or what <see cref="ToString"/> writes; null for anything else.</summary>
    public static DeliveryPlace? Parse(string? text)
    {
        var parts = (text ?? "").Split('.');
        return parts.Length <= 2 && parts[0].Length <= 18 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && (parts.Length == 1 || ResourceId.IsId(parts[1])) ? new DeliveryPlace(position, parts.Length == 1 ? Last : parts[1]) : null;
    }

    /// <summary><c>17.01a2…</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position}.{WebhookId}");
}
