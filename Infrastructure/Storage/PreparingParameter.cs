using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>A parameter that has its prefix, however it is named: without one, SQLite would be asked for each of the prefixes that there are.</summary>
internal sealed class PreparingParameter : SqliteParameter
{
    private static readonly ConcurrentDictionary<string, string> Prefixed = new(StringComparer.Ordinal);

    [AllowNull]
    public override string ParameterName
    {
        get => base.ParameterName;
        set => base.ParameterName = value is null or "" or ['@', ..] ? value : Prefixed.GetOrAdd(value, static name => $"@{name}");
    }
}
