using System.Globalization;
using Dapper;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>The values of one statement, each under a name of its own. Values never stand in SQL text.</summary>
public sealed class SqlParameters
{
    private readonly DynamicParameters values = new();
    private int count;

    /// <summary>Takes a value and returns the placeholder that stands for it.</summary>
    public string Add(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"v{count++}");
        values.Add(name, value);
        return $"@{name}";
    }

    /// <summary>Takes a value under a name that the statement's text uses.</summary>
    public SqlParameters With(string name, object value)
    {
        values.Add(name, value);
        return this;
    }

    /// <summary>The values in the form that Dapper takes.</summary>
    public SqlMapper.IDynamicParameters Values => values;
}
