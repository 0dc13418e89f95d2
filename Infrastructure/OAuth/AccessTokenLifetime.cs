namespace ScimSlice.Infrastructure.OAuth;

/// <summary>How long access tokens hold: the setting <c>OAuth:AccessTokenLifetime</c>.</summary>
public sealed record AccessTokenLifetime(TimeSpan Value)
{
    /// <summary>What Microsoft's gallery takes.</summary>
    public static readonly TimeSpan Min = TimeSpan.FromHours(1);

    public static readonly TimeSpan Max = TimeSpan.FromHours(6);

    public static AccessTokenLifetime Default { get; } = new(Min);
}
