using ScimSlice.Infrastructure.Events;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Some events in their order, and where one goes on after them.</summary>
public interface IEventBatch
{
    IReadOnlyList<ChangeEvent> Events { get; }

    long Next { get; }

    bool HasMore { get; }
}
