using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>
/// What all operations of one request may cost together: each looks at every value of its attribute, once for each term of its
/// filter. It protects the writer, which serves one change at a time.
/// </summary>
internal sealed class PatchBudget
{
    /// <summary>Values looked at. A thousand operations on an attribute with a thousand values fit.</summary>
    public const long MaxComparisons = 1_000_000;

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

    /// <summary>
    /// Throws 413 where the changed attribute has grown beyond what may be stored: a short operation can set one long text on
    /// every value.
    /// </summary>
    public static void CheckSize(PatchOperation operation, ResourceDocument document)
    {
        if (document.Type.Resolve(operation.Path.Attribute) is { } resolved && document.Value(resolved) is { } value
            && DocumentLimits.Weigh(value) > DocumentLimits.MaxBytes)
        {
            throw ScimException.PayloadTooLarge($"'{resolved}' would be larger than {DocumentLimits.MaxBytes} bytes.");
        }
    }

    /// <summary>Terms of a filter, each of which is asked of every value.</summary>
    public static int Terms(Filter filter) => filter switch
    {
        Filter.And and => Terms(and.Left) + Terms(and.Right),
        Filter.Or or => Terms(or.Left) + Terms(or.Right),
        Filter.Not not => Terms(not.Inner),
        Filter.ValuePath valuePath => Terms(valuePath.Inner),
        _ => 1,
    };
}
