using Polly;
using Polly.Retry;
using Polly.Timeout;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Outbound;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>
/// Sends events to one endpoint. An attempt has so many seconds; a connection that breaks before there is an answer is tried once more at once, everything
/// else is for the schedule.
/// </summary>
internal sealed class WebhookSender(OutboundSession session, Uri url, IDeliveryForm form, TimeProvider clock) : IDisposable
{
    /// <summary>Bytes of an answer that are read.</summary>
    private const int MaxAnswer = 4096;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly ResiliencePipeline pipeline = new ResiliencePipelineBuilder()
        .AddTimeout(Timeout)
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<OutboundException>(fault => fault.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse }),
            MaxRetryAttempts = 1,
            Delay = TimeSpan.FromMilliseconds(100),
            UseJitter = true,
        })
        .Build();

    public async Task<Attempt> SendAsync(ChangeEvent told, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await pipeline.ExecuteAsync(
                async token =>
                {
                    var message = await form.RenderAsync(told);
                    return await session.PostAsync(url, message.Body, message.ContentType, message.Headers, MaxAnswer, clock, token);
                },
                cancellationToken);
            return answer.Status is >= 200 and < 300
                ? new Attempt(answer.Status, null, null, form.Acknowledges(answer))
                : new Attempt(answer.Status, form.Refusal(answer), answer.RetryAfter, false);
        }
        catch (TimeoutRejectedException)
        {
            return new Attempt(null, $"It did not answer within {Timeout.TotalSeconds:0} seconds.", null, false);
        }
        catch (OutboundException fault)
        {
            return new Attempt(null, fault.Message, null, false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever a receiver makes happen is its failure, and counts as one.
            return new Attempt(null, $"It could not be sent ({fault.GetType().Name}).", null, false);
        }
    }

    public void Dispose() => form.Dispose();
}
