using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Bulk;

/// <summary>A reference that was cut off could not be added; all that was made for it is undone.</summary>
/// <param name="index">The operation whose reference it is.</param>
/// <param name="circle">The operations that refer to each other, it among them.</param>
internal sealed class BrokenLinkException(int index, IReadOnlyCollection<int> circle, ScimException fault) : Exception(fault.Message)
{
    public int Index => index;

    public IReadOnlyCollection<int> Circle => circle;

    public ScimException Fault => fault;
}
