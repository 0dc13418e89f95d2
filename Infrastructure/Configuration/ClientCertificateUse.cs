namespace ScimSlice.Infrastructure.Configuration;

/// <summary>What connections over TLS have to show of themselves.</summary>
public enum ClientCertificateUse
{
    /// <summary>Nobody is asked for a certificate.</summary>
    None,

    /// <summary>One that is shown has to be valid; none need be.</summary>
    Allow,

    /// <summary>SCIM is served to connections with a valid one only.</summary>
    Require,
}
