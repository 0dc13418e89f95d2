using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>What <c>meta</c> says of a resource besides its type and location. RFC 7643 §3.1.</summary>
/// <param name="Version">1 when created, one more with each change.</param>
/// <param name="CreatedAt">UTC: <c>2026-11-23T10:00:00.000Z</c>.</param>
/// <param name="LastModifiedAt">The same form.</param>
public sealed record ResourceMeta(long Version, string CreatedAt, string LastModifiedAt)
{
    /// <summary>
    /// That of the next version. Time never runs backwards for a resource, even if the server's clock does: at least a millisecond passes.
    /// </summary>
    public ResourceMeta Next(DateTimeOffset now) => this with { Version = Version + 1, LastModifiedAt = After(LastModifiedAt, DateTimeValue.Format(now)) };

    private static string After(string lastModifiedAt, string now) =>
        string.CompareOrdinal(now, lastModifiedAt) <= 0 && DateTimeValue.TryParse(lastModifiedAt, out var last) && last < DateTimeOffset.MaxValue.AddSeconds(-1)
            ? DateTimeValue.Format(last.AddMilliseconds(1))
            : now;

    /// <summary>The attributes that a resource has and its document has not: <c>id</c> and <c>meta</c>, as a client reads them.</summary>
    public AttributeValue.Complex ReadOnly(ResourceType type, string id, PublicUrls urls) => AttributeValue.Complex.Empty
        .With("id", new AttributeValue.Text(id))
        .With("meta", AttributeValue.Complex.Empty
            .With("resourceType", new AttributeValue.Text(type.Name))
            .With("created", new AttributeValue.Text(CreatedAt))
            .With("lastModified", new AttributeValue.Text(LastModifiedAt))
            .With("version", new AttributeValue.Text(EntityTag.Of(Version)))
            .With("location", new AttributeValue.Text(urls.Resource(type, id))));
}
