using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Configuration;

/// <summary>Whether connections over TLS are asked for a certificate of their own, and who may have issued it.</summary>
public sealed class ClientCertificates
{
    private const string ModeKey = "ClientCertificates:Mode";
    private const string AuthoritiesKey = "ClientCertificates:Authorities";

    private ClientCertificates(ClientCertificateUse use, X509Certificate2Collection authorities) => (Use, Authorities) = (use, authorities);

    public ClientCertificateUse Use { get; }

    /// <summary>Who is trusted to issue them; nobody else is, whatever the system trusts.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>Reads the settings; what is wrong goes to <paramref name="faults"/>.</summary>
    public static ClientCertificates Read(IConfigurationSection section, ICollection<string> faults)
    {
        var (mode, file, authorities) = (section[ModeKey], section[AuthoritiesKey], new X509Certificate2Collection());
        if (!Enum.TryParse<ClientCertificateUse>(mode ?? nameof(ClientCertificateUse.None), ignoreCase: true, out var use) || !Enum.IsDefined(use) || int.TryParse(mode, out _))
        {
            faults.Add($"ScimSlice:{ModeKey} must be None, Allow or Require; it is '{Excerpt.Plain(mode!)}'.");
            return new ClientCertificates(ClientCertificateUse.None, authorities);
        }

        if (use != ClientCertificateUse.None && string.IsNullOrEmpty(file))
        {
            faults.Add($"ScimSlice:{AuthoritiesKey} must name a PEM file of those who issue the certificates where ScimSlice:{ModeKey} is {use}.");
        }
        else if (use != ClientCertificateUse.None)
        {
            ReadAuthorities(file!, authorities, faults);
        }

        return new ClientCertificates(use, authorities);
    }

    private static void ReadAuthorities(string file, X509Certificate2Collection authorities, ICollection<string> faults)
    {
        try
        {
            authorities.ImportFromPemFile(file);
            if (authorities.Count == 0)
            {
                faults.Add($"ScimSlice:{AuthoritiesKey}: {file} holds no certificate in PEM.");
            }
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            faults.Add($"ScimSlice:{AuthoritiesKey}: {file} cannot be used: {fault.Message}");
        }
    }
}
