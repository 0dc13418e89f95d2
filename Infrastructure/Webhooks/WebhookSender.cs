using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>
/// Sends events to one endpoint, signed as Standard Webhooks 1.0 says. An attempt has so many seconds; a connection that breaks before there is an
/// answer is tried once more at once, everything else is for the schedule.
/// </summary>
internal sealed class WebhookSender(OutboundSession session, Uri url, IReadOnlyList<byte[]> secrets, TimeProvider clock)
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
        var body = Render(told);
        try
        {
            var answer = await pipeline.ExecuteAsync(
                async token =>
                {
                    var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
                    return await session.PostAsync(
                        url,
                        body,
                        "application/json",
                        [
                            new("webhook-id", told.Id),
                            new("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture)),
                            new("webhook-signature", WebhookSecret.Sign(secrets, told.Id, seconds, body)),
                        ],
                        MaxAnswer,
                        clock,
                        token);
                },
                cancellationToken);
            return answer.Status is >= 200 and < 300
                ? new Attempt(answer.Status, null, null, Acknowledges(answer.Body))
                : new Attempt(answer.Status, $"It answered {answer.Status}.", answer.RetryAfter, false);
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

    /// <summary>The message: type, time and the event as the feed tells it.</summary>
    private static byte[] Render(ChangeEvent told)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type", told.Type);
            writer.WriteString("timestamp", told.At);
            writer.WritePropertyName("data");
            told.WriteTo(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Whether the answer is <c>{"acknowledged":true}</c>; anything else says nothing.</summary>
    private static bool Acknowledges(byte[] answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("acknowledged", out var value) && value.ValueKind == JsonValueKind.True;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
