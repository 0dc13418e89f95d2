using System.Diagnostics;
using Mediator;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Traces and measures every message under the name of its operation, with its outcome and nothing that is personal.</summary>
public sealed class TelemetryBehavior<TMessage, TResponse> : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IMessage
{
    private static readonly string Operation = typeof(TMessage).DeclaringType?.Name ?? typeof(TMessage).Name;

    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        using var activity = ScimTelemetry.Source.StartActivity(Operation);
        var start = Stopwatch.GetTimestamp();
        var outcome = "done";
        try
        {
            var response = await next(message, cancellationToken);
            if (response is IAcknowledgement { Latency: { } latency })
            {
                // Only here it is committed, and the response that of the attempt which was.
                ScimTelemetry.AcknowledgementLatency.Record(latency);
            }

            return response;
        }
        catch (ScimException refused)
        {
            outcome = refused.ScimType ?? refused.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
            activity?.SetTag("scim.outcome", outcome);
            throw;
        }
        catch (OAuthException refused)
        {
            outcome = refused.Error;
            activity?.SetTag("scim.outcome", outcome);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = "aborted";
            throw;
        }
        catch
        {
            outcome = "fault";
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            ScimTelemetry.Operations.Record(
                Stopwatch.GetElapsedTime(start).TotalSeconds,
                new KeyValuePair<string, object?>("scim.operation", Operation),
                new KeyValuePair<string, object?>("scim.outcome", outcome));
        }
    }
}
