using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.SecurityEvents;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>A security event token. RFC 8935 §2.</summary>
/// <param name="externalId">Finds the identity provider's id of an event's resource.</param>
internal sealed class TokenForm(WebhookRow webhook, TokenIssuer issuer, Func<ChangeEvent, Task<string?>> externalId) : IDeliveryForm
{
    /// <summary>What a receiver may say of a token that it does not take. RFC 8935 §2.4.</summary>
    private static readonly string[] Errors = ["invalid_request", "invalid_key", "invalid_issuer", "invalid_audience", "authentication_failed", "access_denied"];

    public async Task<DeliveryMessage> RenderAsync(ChangeEvent told)
    {
        var token = issuer.Issue(told, await externalId(told), webhook.Audience ?? webhook.Url, webhook.Mode != TokenMode.Notice);
        return new DeliveryMessage(Encoding.ASCII.GetBytes(token), TokenIssuer.MediaType, [new("Accept", "application/json")]);
    }

    /// <summary>That it has the token is all that a receiver says.</summary>
    public bool Acknowledges(OutboundAnswer answer) => false;

    public string Refusal(OutboundAnswer answer) => answer.Status == 400 && Error(answer.Body) is { } error ? $"It answered 400 ({error})." : $"It answered {answer.Status}.";

    public void Dispose() => issuer.Dispose();

    private static string? Error(byte[] answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("err", out var value) && value.ValueKind == JsonValueKind.String
                ? Errors.FirstOrDefault(known => value.ValueEquals(known))
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
