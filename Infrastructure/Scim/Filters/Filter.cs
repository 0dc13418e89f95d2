using ScimSlice.Infrastructure.Scim.Paths;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>
/// A filter as a tree. RFC 7644 §3.4.2.2. It prints itself so that parsing the print gives the same tree; chains of one
/// operator lean to the left. Depth and terms are bounded by <see cref="Protocol.ScimLimits"/>, so visitors may recurse.
/// </summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary><c>path op value</c></summary>
    public sealed record Comparison(AttributePath Path, ComparisonOperator Operator, FilterLiteral Value) : Filter
    {
        public override string ToString() => FilterPrinter.Print(this);
    }

    /// <summary><c>path pr</c></summary>
    public sealed record Presence(AttributePath Path) : Filter
    {
        public override string ToString() => FilterPrinter.Print(this);
    }

    /// <summary><c>path[filter]</c>: some one value satisfies the whole inner filter, whose paths name sub-attributes.</summary>
    public sealed record ValuePath(AttributePath Path, Filter Inner) : Filter
    {
        public override string ToString() => FilterPrinter.Print(this);
    }

    public sealed record And(Filter Left, Filter Right) : Filter
    {
        public override string ToString() => FilterPrinter.Print(this);
    }

    public sealed record Or(Filter Left, Filter Right) : Filter
    {
        public override string ToString() => FilterPrinter.Print(this);
    }

    public sealed record Not(Filter Inner) : Filter
    {
        public override string ToString() => FilterPrinter.Print(this);
    }
}
