using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Mediator;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Answers who follows events: at once, when something comes, or as a stream of server-sent events (WHATWG HTML §9.2).</summary>
internal sealed class EventFeed(IServiceScopeFactory scopes, EventSignal signal, TokenDirectory tokens, RequestLimiter limiter, IHostApplicationLifetime life, TimeProvider clock)
{
    /// <summary>Seconds that a request may wait.</summary>
    public const int MaxWait = 60;

    private const string StreamType = "text/event-stream";
    private const string LastIdHeader = "Last-Event-ID";

    private static readonly ApiParameter.Number After = new("after", "The position that the reader has come to: the next of the answer before; 0 for the beginning.", Usual: 0);
    private static readonly ApiParameter.Number Wait = new("wait", "Seconds to wait for an event where there is none.", 0, MaxWait, Usual: 0);
    private static readonly ApiParameter.Number LastId = new(LastIdHeader, "The id of the last event that came in a stream; it counts before the parameter after, and for streams only.") { Place = ParameterPlace.Header };

    /// <summary>A comment is sent so often, so that proxies and the client see that the stream lives.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>After this a stream ends, and the client comes again with what it has: so that servers can be changed under it.</summary>
    private static readonly TimeSpan LongestStream = TimeSpan.FromHours(1);

    /// <summary>What an operation is, together with what every feed has.</summary>
    public static ApiOperation Describe(ApiOperation operation) => operation with
    {
        Parameters = [After, .. operation.Parameters, Wait, LastId],
        Stream = "Server-sent events: id is the position, event the type, data the event as JSON on one line. A comment comes where nothing else does; the stream ends now and then, and one goes on with Last-Event-ID.",
    };

    public async Task AnswerAsync<TBatch>(HttpContext context, TokenGrant grant, ApiRequest request, Func<long, IQuery<TBatch>> from)
        where TBatch : IApiAnswer, IEventBatch
    {
        var isHead = HttpMethods.IsHead(context.Request.Method);
        var streams = !isHead && context.Request.Headers.Accept.ToString().Contains(StreamType, StringComparison.OrdinalIgnoreCase);
        var after = streams && long.TryParse(context.Request.Headers[LastIdHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : request.Number(After);
        var wait = TimeSpan.FromSeconds(request.Number(Wait)) * (isHead ? 0 : 1);

        // Nobody waits for who ends.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        using var place = streams || wait > TimeSpan.Zero ? limiter.TakeStream(grant.OrganizationId) : null;
        try
        {
            await (streams ? StreamAsync(context, grant, from, after, ending.Token) : PollAsync(context, grant, from, after, wait, ending.Token));
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            throw ScimException.Unavailable(1);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The stream ends, and the client comes again with the last id that it has.
        }
    }

    private async Task PollAsync<TBatch>(HttpContext context, TokenGrant grant, Func<long, IQuery<TBatch>> from, long after, TimeSpan wait, CancellationToken cancellationToken)
        where TBatch : IApiAnswer, IEventBatch
    {
        var token = TokenAuthentication.ReadToken(context.Request.Headers.Authorization)!;
        var begun = clock.GetTimestamp();
        while (true)
        {
            var next = signal.Next(grant.OrganizationId);
            var left = wait - clock.GetElapsedTime(begun);
            using (await limiter.TakePageAsync(grant.OrganizationId, cancellationToken))
            {
                var batch = await SendAsync(grant, from(after), cancellationToken);
                if (batch.Events.Count > 0 || left <= TimeSpan.Zero)
                {
                    await ApiEndpoints.WriteAsync(context, batch);
                    return;
                }
            }

            await signal.WaitAsync(next, left, cancellationToken);
            if ((await tokens.FindAsync(token, cancellationToken)).Grant is null)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"scim\", error=\"invalid_token\"";
                throw ScimException.Ended("The token was revoked, or expired, while the request waited.");
            }
        }
    }

    private async Task StreamAsync<TBatch>(HttpContext context, TokenGrant grant, Func<long, IQuery<TBatch>> from, long after, CancellationToken cancellationToken)
        where TBatch : IApiAnswer, IEventBatch
    {
        var token = TokenAuthentication.ReadToken(context.Request.Headers.Authorization)!;
        var (begun, said) = (clock.GetTimestamp(), clock.GetTimestamp());
        while (clock.GetElapsedTime(begun) < LongestStream)
        {
            // A token that is revoked ends its streams too.
            var next = signal.Next(grant.OrganizationId);
            if ((await tokens.FindAsync(token, cancellationToken)).Grant is null)
            {
                return;
            }

            bool hasMore;
            using (await limiter.TakePageAsync(grant.OrganizationId, cancellationToken))
            {
                var batch = await SendAsync(grant, from(after), cancellationToken);
                if (!context.Response.HasStarted)
                {
                    await BeginAsync(context, cancellationToken);
                }

                if (batch.Events.Count > 0 || clock.GetElapsedTime(said) >= Heartbeat)
                {
                    await context.Response.Body.WriteAsync(Render(batch), cancellationToken);
                    await context.Response.Body.FlushAsync(cancellationToken);
                    said = clock.GetTimestamp();
                }

                (after, hasMore) = (batch.Next, batch.HasMore);
            }

            if (!hasMore)
            {
                await signal.WaitAsync(next, Heartbeat, cancellationToken);
            }
        }
    }

    private static Task BeginAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = StreamType;
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return context.Response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Each event with its position as id; a comment where there is none. JSON of ours has no line breaks.</summary>
    private static ReadOnlyMemory<byte> Render(IEventBatch batch)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        if (batch.Events.Count == 0)
        {
            output.Write(":\n\n"u8);
        }

        foreach (var found in batch.Events)
        {
            output.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {found.Position}\nevent: {found.Type}\ndata: ")));
            using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
            {
                found.WriteTo(writer);
            }

            output.Write("\n\n"u8);
        }

        return output.WrittenMemory;
    }

    /// <summary>Asks in a scope of its own: what waits holds no connection.</summary>
    private async Task<TBatch> SendAsync<TBatch>(TokenGrant grant, IQuery<TBatch> query, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentOrganization>().Set(grant);
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(query, cancellationToken);
    }
}
