using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Tests.Scim;

/// <summary>How a request is refused: the status and scimType, or nothing where it is accepted.</summary>
internal static class Refusal
{
    /// <summary>The exception that <paramref name="attempt"/> throws; null where it throws none. Any but a SCIM one passes through.</summary>
    public static ScimException? Of(Action attempt)
    {
        try
        {
            attempt();
            return null;
        }
        catch (ScimException refused)
        {
            return refused;
        }
    }

    /// <summary>For tables: <c>400 invalidFilter</c>, or <c>accepted</c>.</summary>
    public static string Told(Action attempt) => Of(attempt) is { } refused ? $"{refused.Status} {refused.ScimType}" : "accepted";
}
