using Mediator;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Answers who fetches events with a POST that also says which were dealt with: at once, or when there is one. RFC 8936 §2.</summary>
internal sealed class EventPoll(
    IServiceScopeFactory scopes, EventSignal signal, TokenDirectory tokens, RequestLimiter limiter, BodyMemory memory, ScimSliceOptions options, IHostApplicationLifetime life, TimeProvider clock)
{
    /// <summary>How long a request waits where there is nothing: shorter than what proxies usually allow.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public async Task AnswerAsync<TAnswer>(HttpContext context, TokenGrant grant, ApiOperation operation, Func<ApiRequest, IPollCommand<TAnswer>> from)
        where TAnswer : IApiAnswer, IFetchedEvents
    {
        using var share = memory.Rent(grant.OrganizationId);
        var body = await RequestBody.ReadAsync(context, new QuirkUse(grant.Settings.Strict), options.Limits.Scim, large: false, share);
        var command = from(new ApiRequest(context, operation) { Body = body });

        // Nobody waits for who ends.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        using var place = command.Waits ? limiter.TakeStream(grant.OrganizationId) : null;
        try
        {
            await PollAsync(context, grant, command, ending.Token);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            throw ScimException.Unavailable(1);
        }
    }

    private async Task PollAsync<TAnswer>(HttpContext context, TokenGrant grant, IPollCommand<TAnswer> command, CancellationToken cancellationToken)
        where TAnswer : IApiAnswer, IFetchedEvents
    {
        var token = TokenAuthentication.ReadToken(context.Request.Headers.Authorization)!;
        var begun = clock.GetTimestamp();
        while (true)
        {
            var next = signal.Next(grant.OrganizationId);
            var left = command.Waits ? LongestWait - clock.GetElapsedTime(begun) : TimeSpan.Zero;
            bool hasMore;
            using (await limiter.TakePageAsync(grant.OrganizationId, cancellationToken))
            {
                using var answer = await SendAsync(grant, command, cancellationToken);
                hasMore = answer.HasMore;
                if (!answer.IsEmpty || left <= TimeSpan.Zero)
                {
                    await ApiEndpoints.WriteAsync(context, answer);
                    return;
                }
            }

            // What the receiver said is done.
            command = command.Again();
            if (!hasMore)
            {
                await signal.WaitAsync(next, left, cancellationToken);
            }

            if ((await tokens.FindAsync(token, cancellationToken)).Grant is null)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"scim\", error=\"invalid_token\"";
                throw ScimException.Ended("The token was revoked, or expired, while the request waited.");
            }
        }
    }

    /// <summary>Asks in a scope of its own: what waits holds no connection.</summary>
    private async Task<TAnswer> SendAsync<TAnswer>(TokenGrant grant, IPollCommand<TAnswer> command, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentOrganization>().Set(grant);
        scope.ServiceProvider.GetRequiredService<StorageSession>().OrganizationId = grant.OrganizationId;
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(command, cancellationToken);
    }
}
