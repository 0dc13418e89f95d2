using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.OpenApi;

/// <summary>A form that a parameter's text must have, said to people, to programs, and checked.</summary>
/// <param name="Words">What it is, behind "must be".</param>
/// <param name="Pattern">The same as a regular expression, for the document only: no request is read with it.</param>
/// <param name="Holds">Whether a text has the form.</param>
public sealed record TextForm(string Words, string Pattern, Func<string, bool> Holds)
{
    /// <summary>The id of a resource or of a record.</summary>
    public static TextForm Id(string words) => new(words, "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", ResourceId.IsId);
}
