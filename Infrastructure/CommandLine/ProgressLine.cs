namespace ScimSlice.Infrastructure.CommandLine;

/// <summary>Says how far a verb is, as soon as it takes more than two seconds, and then every two seconds.</summary>
internal sealed class ProgressLine(string verb, TimeProvider clock, TextWriter output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private long told = clock.GetTimestamp();

    /// <summary>On standard error, so that standard output holds nothing but the result.</summary>
    public ProgressLine(string verb) : this(verb, TimeProvider.System, Console.Error)
    {
    }

    /// <param name="done">What is done: <c>40 % copied</c>.</param>
    public void Tell(FormattableString done)
    {
        if (clock.GetElapsedTime(told) >= Patience)
        {
            told = clock.GetTimestamp();
            output.WriteLine($"{verb}: {FormattableString.Invariant(done)}");
        }
    }
}
