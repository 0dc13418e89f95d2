using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>
/// What all operations of one request may cost together: each looks at every value of its attribute, once for each term of its
/// filter. It protects the writer, which serves one change at a time.
/// </summary>
internal sealed class PatchBudget
{
    /// <summary>Values looked at. Two thousand operations on an attribute with a thousand values fit.</summary>
    public const long MaxComparisons = 2_000_000;

    private long spent;

    /// <summary>Throws 413 where the request has used up what it may.</summary>
    public void Spend(int values, Filter? filter)
    {
        spent += (long)values * (filter is null ? 1 : Terms(filter));
        if (spent > MaxComparisons)
        {
            throw ScimException.PayloadTooLarge(
                $"The operations look at more than {MaxComparisons} values together. Send fewer operations in one request, or change the whole attribute at once.");
        }
    }

    private static int Terms(Filter filter) => filter switch
    {
        Filter.And and => Terms(and.Left) + Terms(and.Right),
        Filter.Or or => Terms(or.Left) + Terms(or.Right),
        Filter.Not not => Terms(not.Inner),
        Filter.ValuePath valuePath => Terms(valuePath.Inner),
        _ => 1,
    };
}
