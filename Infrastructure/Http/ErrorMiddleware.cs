using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Turns what went wrong into a SCIM error: a refusal as it stands, a status without a body into one with a body, anything else
/// into a 500 that names a correlation id and nothing of our insides.
/// </summary>
internal sealed class ErrorMiddleware(RequestDelegate next, ScimSliceOptions options, ILogger<ErrorMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; nobody reads an answer.
            return;
        }
        catch (ScimException refused) when (!context.Response.HasStarted)
        {
            await ScimErrors.WriteAsync(context, refused);
            return;
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            await ScimErrors.WriteAsync(context, Refusal(refused.StatusCode));
            return;
        }
        catch (OutOfMemoryException fault) when (!context.Response.HasStarted)
        {
            // Others need memory too and give it back: this one can be sent again.
            log.LogError(fault, "Request {Correlation} was given up for want of memory", RequestId(context));
            context.Response.Clear();
            SafeHeaders.Set(context);
            await ScimErrors.WriteAsync(context, ScimException.Unavailable(2));
            return;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            log.LogError(fault, "Request {Correlation} failed", RequestId(context));
            context.Response.Clear();
            SafeHeaders.Set(context);
            await ScimErrors.WriteAsync(context, 500, null, "The service failed at this request and has logged why.");
            return;
        }
        catch (Exception fault)
        {
            // The answer has begun, so nothing can be said any more: the client sees that it is cut off.
            log.LogWarning("Request {Correlation} ended in the middle of its answer: {Reason}", RequestId(context), fault.Message);
            context.Abort();
            return;
        }

        if (HttpMethods.IsOptions(context.Request.Method) && context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed })
        {
            // What is served here is the answer: Allow says it (RFC 9110 §9.3.7).
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null, ContentType: null })
        {
            await ScimErrors.WriteAsync(context, context.Response.StatusCode, null, Detail(context));
        }
    }

    private static string RequestId(HttpContext context) => context.RequestServices.GetRequiredService<AuditTrail>().RequestId;

    private ScimException Refusal(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => RequestBody.TooLarge(options.Limits.Scim.MaxLargeBodyBytes, large: true),
        StatusCodes.Status408RequestTimeout => ScimException.RequestTimeout(),
        _ => ScimException.InvalidSyntax("The request ended early or is not valid HTTP."),
    };

    private static string Detail(HttpContext context) => context.Response.StatusCode switch
    {
        404 => "There is nothing at this address. SCIM is served below /scim/v2, users at /scim/v2/Users.",
        405 => $"{Excerpt.Of(context.Request.Method)} is not served at this address; {context.Response.Headers.Allow} is.",
        415 => "Send the body as application/scim+json in UTF-8.",
        _ => "The request cannot be served.",
    };
}
