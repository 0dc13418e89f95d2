using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Bearer tokens: the token alone decides which organization a request acts on. RFC 6750, RFC 7644 §2. A middleware of its own,
/// since there is one scheme and one rule: whatever no endpoint allows to all needs a token, unknown paths included.
/// </summary>
internal sealed class TokenAuthentication(RequestDelegate next, TokenDirectory tokens, RequestLimiter limiter, RequestLog refusals)
{
    private const string SchemeName = "Bearer";
    private const string Damaged = "damaged";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return next(context);
        }

        if (ReadToken(context.Request.Headers.Authorization) is not { } token)
        {
            return RefuseAsync(context, context.Request.Headers.Authorization.Count == 0 ? "none" : "malformed");
        }

        var finding = tokens.FindAsync(token, context.RequestAborted);
        return finding.IsCompletedSuccessfully ? GoOnAsync(context, token, finding.Result) : WaitAsync(context, token, finding);
    }

    /// <summary>Apart from the usual way, on which nothing is waited for.</summary>
    private async Task WaitAsync(HttpContext context, string token, ValueTask<TokenFinding> finding) => await GoOnAsync(context, token, await finding);

    private Task GoOnAsync(HttpContext context, string token, TokenFinding finding)
    {
        if (finding.Grant is not { } grant)
        {
            return RefuseAsync(context, finding.Ended?.Why ?? (BearerToken.IsDamaged(token) ? Damaged : "unknown"), finding.Ended);
        }

        context.Features.Set(grant);
        context.RequestServices.GetRequiredService<CurrentOrganization>().Set(grant);
        context.RequestServices.GetRequiredService<StorageSession>().OrganizationId = grant.OrganizationId;
        context.RequestServices.GetRequiredService<AuditTrail>().Request = new RequestNote(context.Request.Method, TracedRequest.PathOf(context));
        return next(context);
    }

    private Task RefuseAsync(HttpContext context, string why, EndedToken? ended = null)
    {
        refusals.NoteWithoutToken(
            why, ended, context.RequestServices.GetRequiredService<AuditTrail>().RequestId, TracedRequest.PathOf(context), ClientNetwork.Of(context.Connection.RemoteIpAddress, ClientNetwork.Anonymous));
        var sent = context.Request.Headers.Authorization.Count > 0;
        if (sent)
        {
            limiter.CountFailedAttempt(context.Connection.RemoteIpAddress);
        }

        // RFC 6750 §3: without credentials, no error code.
        context.Response.Headers.WWWAuthenticate = sent ? "Bearer realm=\"scim\", error=\"invalid_token\"" : "Bearer realm=\"scim\"";
        return ScimErrors.WriteAsync(context, StatusCodes.Status401Unauthorized, null, why == Damaged
            ? "The token in the Authorization header came to harm on its way: it was cut off, or a character is wrong. Copy it again."
            : sent
            ? "The token in the Authorization header is not valid here: it may be mistyped, revoked or expired. Send Bearer and a space before it."
            : "Send the organization's token in the Authorization header: Bearer TOKEN.");
    }

    /// <summary>The one token of the one header, null for anything else: no scheme, another scheme, two headers, a list, blanks.</summary>
    internal static string? ReadToken(Microsoft.Extensions.Primitives.StringValues header)
    {
        if (header is not [{ } value] || value.Length <= SchemeName.Length || value[SchemeName.Length] != ' '
            || !value.StartsWith(SchemeName, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var token = value.AsSpan(SchemeName.Length).Trim(' ');
        return token.IsEmpty || token.IndexOfAny(' ', ',', '\t') >= 0 ? null : token.ToString();
    }
}
