namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>The settings of <c>Webhooks</c>.</summary>
/// <param name="RetryFor">How long an event is sent again after its first attempt; then it is given up.</param>
public sealed record WebhookSettings(TimeSpan RetryFor)
{
    public static WebhookSettings Default { get; } = new(TimeSpan.FromDays(5));
}
