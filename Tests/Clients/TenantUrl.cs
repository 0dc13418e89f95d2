namespace ScimSlice.Tests.Clients;

/// <summary>Ways in which the compliance flag of Entra ID's Tenant URL may show in the URL of a request. None of them changes an answer.</summary>
public enum TenantUrl
{
    /// <summary><c>/Users?filter=…</c></summary>
    AsRecorded,

    /// <summary><c>/Users?aadOptscim062020&amp;filter=…</c></summary>
    BareFlag,

    /// <summary><c>/Users?filter=…&amp;aadOptscim062020=true</c></summary>
    FlagWithValue,

    /// <summary><c>/Users/?aadOptscim062020&amp;filter=…</c></summary>
    FlagBehindSlash,
}
