using System.Globalization;

namespace ScimSlice.Benchmarks;

/// <summary>What is measured, how long, and where the seed lies.</summary>
internal sealed record RunOptions
{
    public const string Usage =
        """
        Usage: dotnet run -c Release --project Benchmarks -- run|compare|pages|groups|language [options]
          run        ScimSlice beside the limit probe, in turn
          compare    ScimSlice with few users beside ScimSlice with many, in turn
          pages      the first page of a list beside one far behind it, by cursor, in turn
          groups     groups by their size, and Bulk beside as many requests, one client
          language   filters and patches by themselves, with no server; takes no options
          --users N          users in the organization (run, pages: 1000000; groups: 100000)
          --sizes FEW,MANY   users of the two (compare: 1000,1000000)
          --rounds N         measured rounds of each operation (5)
          --seconds N        seconds of each round (4)
          --warm-up N        seconds of the round before them, in which the code is compiled for good (15)
          --only A,B         of get, filter, email, work, list, create, patch
          --folder DIR       keeps the seeded databases there and takes them again
          --product FILE     the ScimSlice.dll to measure (the one that was built along)
        """;

    public bool Compares { get; private init; }

    /// <summary>One number of users, or two where ScimSlice is compared with itself.</summary>
    public IReadOnlyList<int> Users { get; private init; } = [];

    public int Rounds { get; private init; } = 5;

    public int Seconds { get; private init; } = 4;

    public int WarmUp { get; private init; } = 15;

    public IReadOnlyList<Operation> Operations { get; private init; } = Operation.All;

    public string? Folder { get; private init; }

    public string Product { get; private init; } = Path.Combine(AppContext.BaseDirectory, "ScimSlice.dll");

    public static RunOptions Read(string[] args)
    {
        var options = args switch
        {
            ["run", ..] => new RunOptions { Users = [1_000_000] },
            ["pages", ..] => new RunOptions { Users = [1_000_000] },
            ["groups", ..] => new RunOptions { Users = [100_000] },
            ["compare", ..] => new RunOptions { Compares = true, Users = [1_000, 1_000_000] },
            _ => throw new ArgumentException("Say run, compare, pages, groups or language."),
        };
        for (var index = 1; index < args.Length; index += 2)
        {
            if (index + 1 == args.Length)
            {
                throw new ArgumentException($"{args[index]} needs a value.");
            }

            var value = args[index + 1];
            options = args[index] switch
            {
                "--users" when !options.Compares => options with { Users = [Number(value)] },
                "--sizes" when options.Compares && value.Split(',') is [var few, var many] => options with { Users = [Number(few), Number(many)] },
                "--rounds" => options with { Rounds = Number(value) },
                "--seconds" => options with { Seconds = Number(value) },
                "--warm-up" => options with { WarmUp = Number(value) },
                "--only" => options with { Operations = [.. value.Split(',').Select(Operation.Of)] },
                "--folder" => options with { Folder = Path.GetFullPath(value) },
                "--product" => options with { Product = Path.GetFullPath(value) },
                _ => throw new ArgumentException($"{args[index]} {value} is not understood."),
            };
        }

        return File.Exists(options.Product) ? options : throw new ArgumentException($"There is no {options.Product}.");
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{text} is no number of at least 1.");
}
