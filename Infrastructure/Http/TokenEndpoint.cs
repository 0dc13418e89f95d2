using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Maps the token endpoint: the form is read, the client shows who it is, and is answered an access token. RFC 6749 §3.2.</summary>
public static class TokenEndpoint
{
    public const string Path = "/oauth/token";

    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>Bytes of a form: an assertion, and what little else there is. Whoever sends it is nobody yet.</summary>
    private const int MaxBytes = 32 * 1024;

    private const int MaxParameters = 10;
    private const int MaxNameLength = 100;

    /// <param name="authenticate">Finds out which client it is, or refuses.</param>
    /// <param name="issue">Gives the client a token.</param>
    public static void MapToken(this IEndpointRouteBuilder routes, Func<TokenRequest, IQuery<AuthenticatedClient>> authenticate, Func<AuthenticatedClient, ICommand<TokenResponse>> issue)
    {
        var limiter = routes.ServiceProvider.GetRequiredService<RequestLimiter>();
        routes.MapPost(Path, async (HttpContext context) =>
        {
            try
            {
                var request = await ReadAsync(context.Request, context.RequestAborted);
                var sender = context.RequestServices.GetRequiredService<ISender>();
                var client = await sender.Send(authenticate(request), context.RequestAborted);
                limiter.CheckRate(client.OrganizationId);
                await WriteAsync(context, await sender.Send(issue(client), context.RequestAborted));
            }
            catch (OAuthException refused) when (refused.Status == StatusCodes.Status401Unauthorized)
            {
                context.RequestServices.GetRequiredService<RequestLog>().NoteWithoutToken(
                    "client", refused.Client, context.RequestServices.GetRequiredService<AuditTrail>().RequestId, Path, ClientNetwork.Of(context.Connection.RemoteIpAddress, ClientNetwork.Anonymous));
                await WriteAsync(context, Counted(limiter, context) ?? refused);
            }
            catch (OAuthException refused)
            {
                await WriteAsync(context, refused);
            }
            catch (ScimException refused) when (refused.RetryAfter is { } seconds)
            {
                await WriteAsync(context, OAuthException.Unavailable(refused.Detail, seconds, refused.Status));
            }
        }).AllowAnonymous();
    }

    /// <summary>What the client is told instead, where its address has sent too many wrong credentials.</summary>
    private static OAuthException? Counted(RequestLimiter limiter, HttpContext context)
    {
        try
        {
            limiter.CountFailedAttempt(context.Connection.RemoteIpAddress);
            return null;
        }
        catch (ScimException refused)
        {
            return OAuthException.Unavailable(refused.Detail, refused.RetryAfter ?? 1, refused.Status);
        }
    }

    private static async Task<TokenRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            || request.Headers.ContentEncoding.Count > 0)
        {
            throw OAuthException.InvalidRequest($"Send the parameters as {FormType} in UTF-8, without a Content-Encoding.");
        }

        Dictionary<string, StringValues> form;
        try
        {
            form = await ReadFormAsync(request.HttpContext);
        }
        catch (ScimException refused)
        {
            throw OAuthException.InvalidRequest(refused.Detail);
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            throw OAuthException.RequestTimeout();
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            throw OAuthException.InvalidRequest("The form is too large or cannot be read.");
        }

        var (id, secret) = (Parameter(form, "client_id"), Parameter(form, "client_secret"));
        if (request.Headers.Authorization.Count > 0)
        {
            var (headerId, headerSecret) = ReadHeader(request.Headers.Authorization);
            if (secret is not null || (id is not null && id != headerId) || form.ContainsKey("client_assertion"))
            {
                throw OAuthException.InvalidRequest("The client shows who it is in one way: in the Authorization header, or in the form.");
            }

            (id, secret) = (headerId, headerSecret);
        }

        return new TokenRequest(
            Parameter(form, "grant_type"), id, secret, Parameter(form, "client_assertion_type"), Parameter(form, "client_assertion"), Parameter(form, "scope"));
    }

    /// <summary>Throws where the form is larger than one may be, whole or in one of its parts.</summary>
    private static async Task<Dictionary<string, StringValues>> ReadFormAsync(HttpContext context)
    {
        Check(MaxBytes, context.Request.ContentLength ?? 0);
        var body = await RequestBody.CollectAsync(context, MaxBytes, Check);
        try
        {
            return await new FormPipeReader(PipeReader.Create(body)) { ValueCountLimit = MaxParameters, KeyLengthLimit = MaxNameLength, ValueLengthLimit = AssertionCheck.MaxLength }.ReadFormAsync();
        }
        finally
        {
            context.Request.BodyReader.AdvanceTo(body.End);
        }

        static void Check(int most, long bytes)
        {
            if (bytes > most)
            {
                throw RequestBody.TooLarge(most, large: false);
            }
        }
    }

    /// <summary>A parameter that may stand once; an empty one is none. RFC 6749 §3.2.</summary>
    private static string? Parameter(Dictionary<string, StringValues> form, string name)
    {
        var values = form.GetValueOrDefault(name);
        if (values.Count > 1)
        {
            throw OAuthException.InvalidRequest($"The parameter {name} is given {values.Count} times.");
        }

        var value = values.ToString();
        return value.Length == 0 ? null : value.Contains('\0', StringComparison.Ordinal) ? throw OAuthException.InvalidRequest($"The parameter {name} holds the character U+0000.") : value;
    }

    /// <summary>HTTP Basic with both parts encoded as in a form. RFC 6749 §2.3.1.</summary>
    private static (string Id, string Secret) ReadHeader(StringValues header)
    {
        const string scheme = "Basic ";
        if (header is [{ } value] && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            var bytes = new byte[value.Length];
            if (Convert.TryFromBase64String(value[scheme.Length..].Trim(), bytes, out var length))
            {
                var text = Encoding.UTF8.GetString(bytes, 0, length);
                var colon = text.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0 && !text.Contains('\0', StringComparison.Ordinal))
                {
                    return (Decode(text[..colon]), Decode(text[(colon + 1)..]));
                }
            }
        }

        throw OAuthException.InvalidClient("The Authorization header holds no client id and secret: Basic, and both parted by a colon in Base64.");
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static Task WriteAsync(HttpContext context, TokenResponse token) => WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteString("access_token", token.AccessToken);
        json.WriteString("token_type", "Bearer");
        json.WriteNumber("expires_in", (long)token.Lifetime.TotalSeconds);
        json.WriteString("scope", token.Scope);
    });

    private static Task WriteAsync(HttpContext context, OAuthException refused)
    {
        if (refused.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (refused.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"scim\"";
        }

        return WriteAsync(context, refused.Status, json =>
        {
            json.WriteString("error", refused.Error);
            json.WriteString("error_description", refused.Message);
        });
    }

    /// <summary>RFC 6749 §5.1: nobody keeps it.</summary>
    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> members)
    {
        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }
}
