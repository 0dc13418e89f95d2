using System.Globalization;
using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// A request that cannot be answered as asked: the status, the scimType and the detail of RFC 7644 §3.12. Thrown where it is
/// known, rendered in one place. The detail is for the client's administrator: it tells what to change and nothing of our insides.
/// </summary>
public sealed class ScimException : Exception
{
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:Error";

    private ScimException(int status, string? scimType, string detail, Exception? inner = null) : base(Excerpt.Shown(detail), inner)
    {
        Marked = detail;
        Status = status;
        ScimType = scimType;
    }

    /// <summary>The HTTP status, 400 to 599.</summary>
    public int Status { get; }

    /// <summary>The keyword of RFC 7644 Table 9; null where none fits.</summary>
    public string? ScimType { get; }

    public string Detail => Message;

    /// <summary>The detail in which what a client wrote is marked (see <see cref="Excerpt"/>), for another error's detail and for the log.</summary>
    public string Marked { get; }

    /// <summary>Writes the error as a client reads it: the status is a string. RFC 7644 §3.12.</summary>
    /// <param name="requestId">What the request is called in the log: 32 hexadecimal digits.</param>
    public void WriteTo(Utf8JsonWriter writer, string requestId) => Write(writer, Status, ScimType, WithRequest(Detail, requestId));

    /// <summary>A detail that says in which request it was, so that it can be found in the log.</summary>
    public static string WithRequest(string detail, string requestId) => $"{detail} (request {requestId})";

    /// <summary>Writes an error of these parts.</summary>
    public static void Write(Utf8JsonWriter writer, int status, string? scimType, string detail)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("schemas");
        writer.WriteStringValue(Urn);
        writer.WriteEndArray();
        writer.WriteString("status", status.ToString(CultureInfo.InvariantCulture));
        if (scimType is not null)
        {
            writer.WriteString("scimType", scimType);
        }

        writer.WriteString("detail", detail);
        writer.WriteEndObject();
    }

    /// <summary>Whether it is for a reference that goes round in a circle.</summary>
    public bool IsCircular { get; private init; }

    /// <summary>Seconds that the client should wait, for 429 and 503.</summary>
    public int? RetryAfter { get; private init; }

    /// <summary>A filter that does not parse, or an operator or value that does not suit its attribute.</summary>
    public static ScimException InvalidFilter(string detail) => new(400, "invalidFilter", detail);

    /// <summary>A request body or message of the wrong shape.</summary>
    public static ScimException InvalidSyntax(string detail) => new(400, "invalidSyntax", detail);

    /// <summary>A patch path outside the grammar, or one that names no attribute of the resource.</summary>
    public static ScimException InvalidPath(string detail) => new(400, "invalidPath", detail);

    /// <summary>A patch path that gives nothing to operate on.</summary>
    public static ScimException NoTarget(string detail) => new(400, "noTarget", detail);

    /// <summary>A value that is missing, of the wrong type or not allowed.</summary>
    public static ScimException InvalidValue(string detail) => new(400, "invalidValue", detail);

    /// <summary>A cursor that was not made here for this query; the same for made up, foreign and changed ones. RFC 9865 §2.1.</summary>
    public static ScimException InvalidCursor() =>
        new(400, "invalidCursor", "The cursor does not belong to this query. Repeat the query unchanged with its cursors, or start again with an empty cursor.");

    /// <summary>A cursor that is too old.</summary>
    public static ScimException ExpiredCursor(int lifetime) =>
        new(400, "expiredCursor", $"The cursor is older than {lifetime} seconds. Start again with an empty cursor.");

    /// <summary>A count that is no number, or not that of the first page.</summary>
    public static ScimException InvalidCount(string detail) => new(400, "invalidCount", detail);

    /// <summary>A filter in the URL over an attribute that the organization calls sensitive. RFC 7644 §7.5.2, EID 6893.</summary>
    public static ScimException Sensitive(string detail) => new(403, "sensitive", detail);

    /// <summary>A change that the attribute's mutability forbids.</summary>
    public static ScimException Mutability(string detail) => new(400, "mutability", detail);

    /// <summary>A membership that would put a group into itself. Inside Bulk it is a conflict of the operations (RFC 7644 §3.7.1).</summary>
    public static ScimException Circular(string detail) => new(400, "invalidValue", detail) { IsCircular = true };

    /// <summary>A value that another resource of the organization has already.</summary>
    public static ScimException Uniqueness(string detail) => new(409, "uniqueness", detail);

    /// <summary>A change that the present state of the organization forbids.</summary>
    public static ScimException Conflict(string detail) => new(409, null, detail);

    /// <summary>No such resource here: the same for unknown, deleted and another organization's.</summary>
    public static ScimException NotFound(string detail) => new(404, null, detail);

    /// <summary>What was there once and is kept no more.</summary>
    public static ScimException Gone(string detail) => new(410, null, detail);

    /// <summary>A method that is not served at a path inside a Bulk request.</summary>
    public static ScimException MethodNotAllowed(string detail) => new(405, null, detail);

    /// <summary>The resource has another version than the client expects. RFC 7644 §3.14.</summary>
    public static ScimException PreconditionFailed() =>
        new(412, null, "The resource has changed since the version in If-Match. Read it again and repeat the change.");

    public static ScimException Forbidden(string detail) => new(403, null, detail);

    /// <summary>401, for a token that has ended since the request came.</summary>
    public static ScimException Ended(string detail) => new(401, null, detail);

    /// <summary>500: a fault of ours, which says nothing of our insides.</summary>
    public static ScimException Failed() => new(500, null, "The service failed at this request and has logged why.");

    /// <summary>An error as it was told before.</summary>
    public static ScimException Told(int status, string? scimType, string detail) => new(status, scimType, detail);

    public static ScimException PayloadTooLarge(string detail) => new(413, null, detail);

    /// <summary>The body did not arrive in time.</summary>
    public static ScimException RequestTimeout() => new(408, null, "The body did not arrive in time. Repeat the request.");

    public static ScimException UnsupportedMediaType(string detail) => new(415, null, detail);

    public static ScimException TooManyRequests(string detail, int retryAfter) => new(429, null, detail) { RetryAfter = retryAfter };

    /// <summary>The storage is busy or away for the moment; nothing was changed.</summary>
    public static ScimException Unavailable(int retryAfter, Exception? reason = null) =>
        new(503, null, "The service is busy. Nothing was changed; repeat the request.", reason) { RetryAfter = retryAfter };

    /// <summary>The request was worked on for as long as any may be and was given up; nothing was changed.</summary>
    public static ScimException OutOfTime(int retryAfter = 5) =>
        new(503, null, "The request took longer than requests may. Nothing was changed; ask for less at once, or repeat the request.") { RetryAfter = retryAfter };

    /// <summary>The storage broke off at the last moment: the change is there as a whole, or not at all.</summary>
    public static ScimException Unconfirmed(int retryAfter) =>
        new(503, null, "The service could not confirm the change: it was made as a whole or not at all. Read the resource again, or repeat the request.")
        {
            RetryAfter = retryAfter,
        };
}
