namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>A comparison value: a JSON string, number, boolean or null. RFC 7644 §3.4.2.2. Prints itself as JSON.</summary>
public abstract record FilterLiteral
{
    private FilterLiteral()
    {
    }

    public sealed record Text(string Value) : FilterLiteral
    {
        public override string ToString() => FilterPrinter.Quote(Value);
    }

    public sealed record Number(decimal Value) : FilterLiteral
    {
        public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public sealed record Boolean(bool Value) : FilterLiteral
    {
        public override string ToString() => Value ? "true" : "false";
    }

    public sealed record Null : FilterLiteral
    {
        public override string ToString() => "null";
    }
}
