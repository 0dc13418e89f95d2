namespace ScimSlice.Infrastructure.Mediation;

/// <summary>A command that changes nothing itself: its handler sends others, each a unit of work of its own.</summary>
public interface IComposed
{
    /// <summary>How many others it may send.</summary>
    int Parts { get; }
}
