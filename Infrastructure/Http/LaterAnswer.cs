using System.Runtime.InteropServices;
using System.Text.Json;
using FluentValidation;
using Mediator;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Answers a client that prefers to be answered before the work is done (<c>Prefer: respond-async</c>, RFC 7240 §4.1): the request is kept, and carried out
/// later. With <c>wait=SECONDS</c> one write is tried for so long before. What is wrong with a request is told at once. The preference is passed over where too
/// many wait already, and for a request that holds what is stored nowhere, as a password is.
/// </summary>
internal sealed class LaterAnswer<TCommand>(string endpoint, bool named, DeferredOperations operations, IValidator<TCommand> validator, EventSignal signal, ScimSliceOptions options)
    where TCommand : ICommand<ScimResponse>
{
    /// <summary>Seconds that a write is tried for at most, so that there is time to keep it then.</summary>
    private readonly double longest = options.Limits.RequestSeconds / 2.0;

    public async ValueTask<ScimResponse> SendAsync(HttpContext context, ScimRequest request, TCommand command, CancellationToken cancellationToken)
    {
        var sender = context.RequestServices.GetRequiredService<ISender>();
        if (!validator.Validate(command).IsValid || NeverStored.IsNamedIn(request.Body, request.Schemas))
        {
            return await sender.Send(command, cancellationToken);
        }

        var waits = request.Wait > 0 && endpoint != DeferredRow.BulkEndpoint;
        if (waits && await TryAsync(sender, command, request.Wait, cancellationToken) is { } answer)
        {
            return answer;
        }

        var trail = context.RequestServices.GetRequiredService<AuditTrail>();
        if (!await sender.Send(operations.Keep(CallOf(context, request)), cancellationToken))
        {
            return waits ? throw ScimException.OutOfTime() : await sender.Send(command, cancellationToken);
        }

        signal.Tell(DeferredOperations.Signal);
        return new ScimResponse.Accepted(trail.RequestId, IsNew: true);
    }

    /// <summary>Does the work where that takes no longer than the client would wait; null, and nothing done, where it does.</summary>
    private async ValueTask<ScimResponse?> TryAsync(ISender sender, TCommand command, int seconds, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(TimeSpan.FromSeconds(Math.Min(seconds, longest)));
        try
        {
            return await sender.Send(command, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private DeferredCall CallOf(HttpContext context, ScimRequest request) => new(
        context.Request.Method,
        endpoint,
        named ? request.Id : null,
        request.IfMatch,
        request.IfNoneMatch,
        request.Body.ValueKind == JsonValueKind.Undefined ? null : JsonMarshal.GetRawUtf8Value(request.Body).ToArray(),
        BearerToken.Hash(TokenAuthentication.ReadToken(context.Request.Headers.Authorization)!));
}
