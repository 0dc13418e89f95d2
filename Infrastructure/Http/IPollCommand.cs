using Mediator;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Asks for what there is to fetch, and says what was dealt with.</summary>
public interface IPollCommand<out TAnswer> : ICommand<TAnswer>
{
    /// <summary>Whether the receiver waits where there is nothing yet.</summary>
    bool Waits { get; }

    /// <summary>The same, and nothing more to say.</summary>
    IPollCommand<TAnswer> Again();
}
