using System.Text.Json.Nodes;

namespace ScimSlice.Infrastructure.OpenApi;

/// <summary>A parameter of the application API: requests are read by it, and the document says it.</summary>
public abstract record ApiParameter
{
    /// <summary>Characters of a parameter in a query.</summary>
    public const int MaxLength = 200;

    private ApiParameter(string name, string description) => (Name, Description) = (name, description);

    public string Name { get; }

    /// <summary>What it means, in one sentence.</summary>
    public string Description { get; }

    public ParameterPlace Place { get; init; }

    /// <summary>The values that are taken, as JSON Schema.</summary>
    internal abstract JsonObject Schema();

    /// <summary>A whole number.</summary>
    /// <param name="Usual">The number where none is given; null where that is something else than any number.</param>
    public sealed record Number(string Name, string Description, long Least = 0, long Most = long.MaxValue, long? Usual = null) : ApiParameter(Name, Description)
    {
        internal override JsonObject Schema()
        {
            var schema = new JsonObject { ["type"] = "integer", ["format"] = "int64", ["minimum"] = Least };
            if (Most < long.MaxValue)
            {
                schema["maximum"] = Most;
            }

            if (Usual is not null)
            {
                schema["default"] = Usual;
            }

            return schema;
        }
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public sealed record Flag(string Name, string Description) : ApiParameter(Name, Description)
    {
        internal override JsonObject Schema() => new() { ["type"] = "boolean" };
    }

    /// <summary>A text.</summary>
    /// <param name="Form">What it must be like; null for any text.</param>
    public sealed record Text(string Name, string Description, TextForm? Form = null) : ApiParameter(Name, Description)
    {
        internal override JsonObject Schema()
        {
            var schema = new JsonObject { ["type"] = "string" };
            if (Form is not null)
            {
                schema["pattern"] = Form.Pattern;
            }
            else if (Place == ParameterPlace.Query)
            {
                schema["maxLength"] = MaxLength;
            }

            return schema;
        }
    }
}
