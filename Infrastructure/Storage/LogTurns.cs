namespace ScimSlice.Infrastructure.Storage;

/// <summary>Turns for reading the log, which may mean to read much of it, apart from those of requests that search: whoever reads a log keeps nobody's provisioning waiting.</summary>
public sealed class LogTurns : ScanTurns
{
    public LogTurns()
    {
    }

    /// <inheritdoc cref="ScanTurns(int, TimeSpan)"/>
    internal LogTurns(int atOnce, TimeSpan longest) : base(atOnce, longest)
    {
    }

    protected override string TooManyDetail => "Too many read the log at once; wait and repeat.";
}
