using System.Data;
using System.Data.Common;
using System.Globalization;
using Dapper;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>The values of one statement, each under a name of its own. Values never stand in SQL text.</summary>
public sealed class SqlParameters : SqlMapper.IDynamicParameters
{
    private readonly List<(string Name, object Value)> values = [];
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private int count;

    /// <summary>Takes a value and returns the placeholder that stands for it; the same text has one.</summary>
    public string Add(object value)
    {
        if (value is string text)
        {
            RequireStorable(text);
            ref var known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(texts, text, out _);
            return known ??= AddAnew(value);
        }

        return AddAnew(value);
    }

    private string AddAnew(object value)
    {
        var placeholder = string.Create(CultureInfo.InvariantCulture, $"@v{count++}");
        values.Add((placeholder, value));
        return placeholder;
    }

    /// <summary>Takes a value under a name that the statement's text uses, in the place of one that it had before.</summary>
    public SqlParameters With(string name, object value)
    {
        if (value is string text)
        {
            RequireStorable(text);
        }

        var placeholder = $"@{name}";
        var index = values.FindIndex(known => known.Name == placeholder);
        if (index < 0)
        {
            values.Add((placeholder, value));
        }
        else
        {
            values[index] = (placeholder, value);
        }

        return this;
    }

    /// <summary>No stored text holds U+0000, and PostgreSQL's sessions do not get over being asked for it.</summary>
    private static void RequireStorable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw ScimException.InvalidValue("The character U+0000 cannot be looked for.");
        }
    }

    /// <summary>Gives the values to a command that has its text already.</summary>
    public void AddTo(IDbCommand command)
    {
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
    }

    void SqlMapper.IDynamicParameters.AddParameters(IDbCommand command, SqlMapper.Identity identity) => AddTo(command);
}
