using System.Collections.Immutable;
using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// A value in a resource, immutable and already of the type that its schema names. RFC 7643 §2.3. Dates, binaries and
/// references are <see cref="Text"/> as sent. Unassigned is the absence of a value: there is no null (RFC 7643 §2.5).
/// </summary>
public abstract record AttributeValue
{
    private AttributeValue()
    {
    }

    public abstract void WriteTo(Utf8JsonWriter writer);

    public sealed record Text(string Value) : AttributeValue
    {
        public override void WriteTo(Utf8JsonWriter writer) => writer.WriteStringValue(Value);
    }

    public sealed record Boolean(bool Value) : AttributeValue
    {
        public override void WriteTo(Utf8JsonWriter writer) => writer.WriteBooleanValue(Value);
    }

    public sealed record Number(decimal Value) : AttributeValue
    {
        public override void WriteTo(Utf8JsonWriter writer) => writer.WriteNumberValue(Value);
    }

    /// <summary>
    /// Named values. Names are the schema's spelling; they are looked up in any case and kept in the order in which they
    /// came. Two are equal when they hold the same names with equal values, in whatever order.
    /// </summary>
    public sealed record Complex : AttributeValue
    {
        public static Complex Empty { get; } = new([]);

        private readonly ImmutableArray<KeyValuePair<string, AttributeValue>> members;

        public Complex(ImmutableArray<KeyValuePair<string, AttributeValue>> members) => this.members = members;

        public ImmutableArray<KeyValuePair<string, AttributeValue>> Members => members;

        public bool IsEmpty => members.IsEmpty;

        /// <summary>The value of that name, null where unassigned.</summary>
        public AttributeValue? this[string name] => IndexOf(name) is var index and >= 0 ? members[index].Value : null;

        /// <summary>This value with one name set, or unassigned where <paramref name="value"/> is null.</summary>
        public Complex With(string name, AttributeValue? value)
        {
            var index = IndexOf(name);
            if (value is null)
            {
                return index < 0 ? this : new Complex(members.RemoveAt(index));
            }

            return index < 0
                ? new Complex(members.Add(new(name, value)))
                : new Complex(members.SetItem(index, new(members[index].Key, value)));
        }

        public bool Equals(Complex? other)
        {
            if (other is null || other.members.Length != members.Length)
            {
                return false;
            }

            foreach (var (name, value) in members)
            {
                if (!value.Equals(other[name]))
                {
                    return false;
                }
            }

            return true;
        }

        public override int GetHashCode()
        {
            var hash = members.Length;
            foreach (var (name, value) in members)
            {
                hash ^= HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(name), value);
            }

            return hash;
        }

        public override void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        private int IndexOf(string name)
        {
            for (var index = 0; index < members.Length; index++)
            {
                if (members[index].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return index;
                }
            }

            return -1;
        }
    }

    /// <summary>The values of a multi-valued attribute, in order; never empty, since empty is unassigned.</summary>
    public sealed record Multi(ImmutableArray<AttributeValue> Elements) : AttributeValue
    {
        public bool Equals(Multi? other) => other is not null && Elements.AsSpan().SequenceEqual(other.Elements.AsSpan());

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var element in Elements)
            {
                hash.Add(element);
            }

            return hash.ToHashCode();
        }

        public override void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            foreach (var element in Elements)
            {
                element.WriteTo(writer);
            }

            writer.WriteEndArray();
        }
    }
}
