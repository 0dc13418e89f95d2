namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Marks a query of several statements whose answer has to be of one moment, whatever is written meanwhile.</summary>
public interface ISnapshotQuery;
