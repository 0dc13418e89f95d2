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
        AttributeValue.Complex complex => complex.Members.Sum(member => member.Key.Length + 3 + Weigh(member.Value)),
        AttributeValue.Multi multi => multi.Elements.Sum(element => Weigh(element) + 1),
        _ => 5,
    };
}
