using System.Text.RegularExpressions;

namespace ScimSlice.Tests.Support;

/// <summary>How a run of the program ended. Of standard error, all but how far it was: where the machine is slow, that is told of the smallest work.</summary>
public sealed partial record ProgramResult(int ExitCode, string Output, string Error)
{
    public string Error { get; } = ProgressLines().Replace(Error, "");

    /// <summary>The lines on standard error.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^(backup|export|import|org set): .*(copied|written|read|filled in|removed)\n", RegexOptions.Multiline)]
    private static partial Regex ProgressLines();
}
