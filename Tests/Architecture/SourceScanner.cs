namespace ScimSlice.Tests.Architecture;

/// <summary>Tells code, comments and string literals apart, no more: enough of C#'s lexical grammar for rules over text.</summary>
internal sealed class SourceScanner
{
    private readonly string text;
    private readonly char[] code;
    private readonly char[] withoutComments;
    private readonly List<SourceLiteral> literals = [];
    private int at;

    public SourceScanner(string text)
    {
        this.text = text;
        code = text.ToCharArray();
        withoutComments = text.ToCharArray();
        ScanCode(inHole: false);
    }

    public string Code => new(code);

    public string WithoutComments => new(withoutComments);

    public IReadOnlyList<SourceLiteral> Literals => literals;

    /// <summary>Reads code to its end; in a hole, to the brace that closes it.</summary>
    private void ScanCode(bool inHole)
    {
        var depth = 0;
        while (at < text.Length)
        {
            if (StartsWith("//"))
            {
                Comment(End("\n", skip: 0));
            }
            else if (StartsWith("/*"))
            {
                Comment(End("*/", skip: 2));
            }
            else if (text[at] == '\'')
            {
                ScanCharacter();
            }
            else if (LiteralPrefix() is { } prefix)
            {
                ScanLiteral(prefix.Dollars, prefix.Verbatim);
            }
            else
            {
                if (inHole && text[at] == '}' && depth == 0)
                {
                    return;
                }

                depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
                at++;
            }
        }
    }

    private void Comment(int end)
    {
        Blank(code, at, end);
        Blank(withoutComments, at, end);
        at = end;
    }

    private void ScanCharacter()
    {
        var start = at++;
        while (at < text.Length && text[at] != '\'' && text[at] != '\n')
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        at = Math.Min(at + 1, text.Length);
        Blank(code, start + 1, at - 1);
    }

    /// <summary>The dollars and the at-sign of a literal that begins here, the position then being that of its quote.</summary>
    private (int Dollars, bool Verbatim)? LiteralPrefix()
    {
        var quote = at;
        while (quote < text.Length && text[quote] is '$' or '@')
        {
            quote++;
        }

        if (quote >= text.Length || text[quote] != '"')
        {
            return null;
        }

        var prefix = text[at..quote];
        at = quote;
        return (prefix.Count(letter => letter == '$'), prefix.Contains('@'));
    }

    private void ScanLiteral(int dollars, bool verbatim)
    {
        var start = at;
        var quotes = Run('"');
        var raw = quotes >= 3;
        if (quotes == 2)
        {
            at += 2;
            literals.Add(new SourceLiteral(start, at, "", []));
            return;
        }

        at += raw ? quotes : 1;
        var inside = new System.Text.StringBuilder();
        var holes = new List<string>();
        while (at < text.Length)
        {
            if (text[at] == '"')
            {
                var run = Run('"');
                if (raw ? run >= quotes : !verbatim || run % 2 == 1)
                {
                    var content = raw ? run - quotes : run - 1;
                    Take(inside, content);
                    at += raw ? quotes : 1;
                    break;
                }

                Take(inside, run);
            }
            else if (text[at] == '\\' && !raw && !verbatim)
            {
                Take(inside, Math.Min(2, text.Length - at));
            }
            else if (text[at] == '{' && dollars > 0)
            {
                ScanBraces(inside, holes, dollars, raw);
            }
            else
            {
                Take(inside, 1);
            }
        }

        literals.Add(new SourceLiteral(start, at, inside.ToString(), holes));
    }

    private void ScanBraces(System.Text.StringBuilder inside, List<string> holes, int dollars, bool raw)
    {
        var run = Run('{');
        var opens = raw ? run >= dollars : run % 2 == 1;
        Take(inside, opens ? run - (raw ? dollars : 1) : run);
        if (!opens)
        {
            return;
        }

        var braces = raw ? dollars : 1;
        Blank(code, at, at + braces);
        at += braces;
        var start = at;
        ScanCode(inHole: true);
        var hole = text[start..at];
        holes.Add(hole);
        inside.Append('{').Append(hole).Append('}');
        Blank(code, at, Math.Min(at + braces, text.Length));
        at = Math.Min(at + braces, text.Length);
    }

    /// <summary>Takes over characters that are the literal's own.</summary>
    private void Take(System.Text.StringBuilder inside, int count)
    {
        inside.Append(text, at, count);
        Blank(code, at, at + count);
        at += count;
    }

    private int Run(char letter)
    {
        var end = at;
        while (end < text.Length && text[end] == letter)
        {
            end++;
        }

        return end - at;
    }

    private int End(string mark, int skip) => text.IndexOf(mark, at + skip, StringComparison.Ordinal) is var found and >= 0 ? found + skip : text.Length;

    private bool StartsWith(string mark) => string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0;

    private static void Blank(char[] letters, int start, int end)
    {
        for (var place = start; place < end && place < letters.Length; place++)
        {
            if (letters[place] != '\n')
            {
                letters[place] = ' ';
            }
        }
    }
}
