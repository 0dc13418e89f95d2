namespace ScimSlice.Infrastructure.Scim.Patching.Quirks;

/// <summary>Which deviations one request needed. A strict organization's request gets none.</summary>
/// <param name="whole">Of the whole request, where this is of one operation in it.</param>
public sealed class QuirkUse(bool strict, QuirkUse? whole = null)
{
    private readonly HashSet<Quirk> used = [];

    public bool Strict { get; } = strict;

    /// <summary>The deviations that changed how this request was understood.</summary>
    public IReadOnlyCollection<Quirk> Used => used;

    /// <summary>Whether the deviation is to be understood; if so, that it was is remembered.</summary>
    public bool Allows(Quirk quirk)
    {
        if (Strict)
        {
            return false;
        }

        used.Add(quirk);
        whole?.used.Add(quirk);
        return true;
    }
}
