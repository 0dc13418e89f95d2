using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;

namespace ScimSlice.Features.Groups;

/// <summary>One change of a group's members. RFC 7644 §3.5.2.</summary>
internal abstract record MemberChange
{
    private MemberChange()
    {
    }

    /// <summary>These become members; who is one already stays one.</summary>
    public sealed record Add(IReadOnlyList<Member> Members) : MemberChange;

    /// <summary>These stop being members; who is none stays none.</summary>
    public sealed record Remove(IReadOnlyList<string> Ids) : MemberChange;

    /// <summary>The members that a checked filter over their sub-attributes selects stop being members.</summary>
    public sealed record RemoveMatches(Filter Inner) : MemberChange;

    /// <summary>This one is a member; where it is none, it becomes one as far as that deviation is understood, and else there is no target.</summary>
    public sealed record ReplaceOne(Member Member, QuirkUse Quirks) : MemberChange;

    /// <summary>These and no others are members.</summary>
    public sealed record ReplaceAll(IReadOnlyList<Member> Members) : MemberChange;
}
