namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>How large a resource may be. What one client stores, every reader and the one writer carry.</summary>
public static class DocumentLimits
{
    /// <summary>Bytes of a stored resource, and of one attribute while a PATCH is applied.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Values of one multi-valued attribute.</summary>
    public const int MaxValues = 1000;

    /// <summary>Characters of one text value.</summary>
    public const int MaxTextLength = 64 * 1024;

    /// <summary>About how many bytes a value takes when it is written: never less than half, and found without writing it.</summary>
    public static long Weigh(AttributeValue value) => value switch
    {
        AttributeValue.Text text => text.Value.Length + 2,
        AttributeValue.Complex complex => WeighMembers(complex),
        AttributeValue.Multi multi => WeighElements(multi),
        _ => 5,
    };

    private static long WeighMembers(AttributeValue.Complex complex)
    {
        var weight = 0L;
        foreach (var (name, value) in complex.Members)
        {
            weight += name.Length + 3 + Weigh(value);
        }

        return weight;
    }

    private static long WeighElements(AttributeValue.Multi multi)
    {
        var weight = 0L;
        foreach (var element in multi.Elements)
        {
            weight += Weigh(element) + 1;
        }

        return weight;
    }
}
