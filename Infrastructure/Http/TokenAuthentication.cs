using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Bearer tokens: the token alone decides which organization a request acts on. RFC 6750, RFC 7644 §2.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenDirectory tokens, RequestLimiter limiter)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ReadToken(Request.Headers.Authorization) is not { } token)
        {
            return AuthenticateResult.NoResult();
        }

        if (await tokens.FindAsync(token, Context.RequestAborted) is not { } grant)
        {
            return AuthenticateResult.Fail("unknown token");
        }

        Context.Features.Set(grant);
        var principal = new ClaimsPrincipal(new ClaimsIdentity(SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        ScimTelemetry.RefusedCredentials.Add(1);
        var sent = Request.Headers.Authorization.Count > 0;
        if (sent)
        {
            limiter.CountFailedAttempt(Context.Connection.RemoteIpAddress);
        }

        // RFC 6750 §3: without credentials, no error code.
        Response.Headers.WWWAuthenticate = sent ? "Bearer realm=\"scim\", error=\"invalid_token\"" : "Bearer realm=\"scim\"";
        return ScimErrors.WriteAsync(Context, StatusCodes.Status401Unauthorized, null, sent
            ? "The token in the Authorization header is not valid here: it may be mistyped, revoked or expired. Send Bearer and a space before it."
            : "Send the organization's token in the Authorization header: Bearer TOKEN.");
    }

    /// <summary>The one token of the one header, null for anything else: no scheme, another scheme, two headers, a list, blanks.</summary>
    private static string? ReadToken(Microsoft.Extensions.Primitives.StringValues header)
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
