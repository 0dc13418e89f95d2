namespace ScimSlice.Infrastructure.Mediation;

/// <summary>
/// A command whose handler works out what it can beside other changes and then asks for its turn to write
/// (<see cref="Storage.StorageSession.TurnAsync"/>). All other commands have their turn before their handler begins.
/// </summary>
public interface IPrepared;
