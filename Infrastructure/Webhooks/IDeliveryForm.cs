using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Outbound;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>How an event is put to an endpoint, and what the endpoint's answer says.</summary>
internal interface IDeliveryForm : IDisposable
{
    /// <summary>The message of one attempt.</summary>
    Task<DeliveryMessage> RenderAsync(ChangeEvent told);

    /// <summary>What an answer with a status of 200 to 299 says beyond that: whether the change is in effect.</summary>
    bool Acknowledges(OutboundAnswer answer);

    /// <summary>Why an event was not taken, in one line without anything that the receiver wrote but words that we know.</summary>
    string Refusal(OutboundAnswer answer);
}
