namespace ScimSlice.Infrastructure.Http;

/// <summary>Events that somebody has fetched.</summary>
public interface IFetchedEvents : IDisposable
{
    bool IsEmpty { get; }

    /// <summary>Whether more are there already.</summary>
    bool HasMore { get; }
}
