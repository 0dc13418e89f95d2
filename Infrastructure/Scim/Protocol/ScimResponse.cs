using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>What a request is answered with, before HTTP writes it.</summary>
/// <param name="Stamp">The one resource that the answer is about; null where there is none, or none any more.</param>
public abstract record ScimResponse(int Status, ResourceStamp? Stamp = null)
{
    /// <summary>One resource, with the headers Location, Content-Location and ETag. RFC 7644 §3.3, §3.14.</summary>
    public sealed record Single(int Status, StoredResource Resource, AttributeSelection? Selection) : ScimResponse(Status, Resource.Stamp);

    /// <summary>Part of a result. RFC 7644 §3.4.2.</summary>
    public sealed record List(ListResponse Content) : ScimResponse(200);

    /// <summary>Success without a body.</summary>
    /// <param name="Left">The resource as it is now; null where there is none any more.</param>
    public sealed record NoContent(ResourceStamp? Left = null) : ScimResponse(204, Left);

    /// <summary>The client has this version already. RFC 9110 §15.4.5.</summary>
    public sealed record NotModified(ResourceStamp Found) : ScimResponse(304, Found);

    /// <summary>The request is carried out later, or still is; what became of it is told at <c>/.async/{txn}</c>. RFC 7240 §4.1, RFC 9967 §2.5.1.</summary>
    /// <param name="Txn">What the request is called.</param>
    /// <param name="IsNew">Whether it was accepted just now.</param>
    public sealed record Accepted(string Txn, bool IsNew) : ScimResponse(202);

    /// <summary>Text in a media type of its own.</summary>
    public sealed record Text(string MediaType, byte[] Content) : ScimResponse(200);

    /// <summary>A document of discovery, written with the URLs that are handed out.</summary>
    public sealed record Document(Action<Utf8JsonWriter, PublicUrls> Write) : ScimResponse(200);
}
