using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Infrastructure.Configuration;

/// <summary>The section <c>ScimSlice</c> of the configuration, checked as a whole: every fault is told, not only the first.</summary>
public sealed class ScimSliceOptions
{
    public const string Section = "ScimSlice";

    private static readonly string[] KnownKeys =
    [
        "Database:Provider", "Database:ConnectionString", "PublicBaseUrl", "Bootstrap:Organization", "Bootstrap:Token", "Bootstrap:TokenFile",
        "Retention:DeletedUsers", "Retention:AuditRecords", "Retention:Reads", "Retention:Events", "Webhooks:RetryFor", "Shutdown:DrainSeconds", "Schemas:Folder", "Proxies:Trusted", "Outbound:AllowedNetworks",
        "OAuth:AccessTokenLifetime", "ClientCertificates:Mode", "ClientCertificates:Authorities",
    ];

    private const string Forever = "forever";

    /// <summary>An hour. A timer takes no time without end, and an orchestrator waits for none.</summary>
    private const int MaxDrainSeconds = 3600;

    private readonly List<string> faults = [];

    private ScimSliceOptions(IConfigurationSection section)
    {
        Database = new DatabaseChoice(
            section["Database:Provider"] ?? DatabaseChoice.Default.Provider,
            section["Database:ConnectionString"] ?? DatabaseChoice.Default.ConnectionString);
        PublicBaseUrl = ReadPublicBaseUrl(section["PublicBaseUrl"]);
        BootstrapOrganization = ReadBootstrapOrganization(section["Bootstrap:Organization"]);
        BootstrapToken = ReadBootstrapToken(section);
        Limits = new LimitSettings(section, faults);
        DrainSeconds = ReadLimit(section, "Shutdown:DrainSeconds", 0, MaxDrainSeconds);
        Retention = new RetentionTime(
            ReadRetention(section, "DeletedUsers", RetentionTime.Default.DeletedUsers),
            ReadRetention(section, "AuditRecords", RetentionTime.Default.AuditRecords),
            ReadRetention(section, "Reads", RetentionTime.Default.Reads),
            ReadRetention(section, "Events", RetentionTime.Default.Events));
        Webhooks = new WebhookSettings(ReadTime(section, "Webhooks:RetryFor", WebhookSettings.Default.RetryFor));
        if (Retention.Events < Webhooks.RetryFor)
        {
            faults.Add("ScimSlice:Retention:Events must not be shorter than ScimSlice:Webhooks:RetryFor: what is to be sent again has to be kept.");
        }

        TrustedProxies = ReadNetworks(section, "Proxies:Trusted");
        AllowedNetworks = ReadNetworks(section, "Outbound:AllowedNetworks");
        AccessTokenLifetime = ReadAccessTokenLifetime(section["OAuth:AccessTokenLifetime"]);
        ClientCertificates = ClientCertificates.Read(section, faults);
        Schemas = string.IsNullOrEmpty(section["Schemas:Folder"]) ? SchemaFolder.None : SchemaFolder.Read(section["Schemas:Folder"]!, faults);
        if (Database.Fault() is { } fault)
        {
            faults.Add(fault);
        }

        CheckKeys(section);
    }

    public DatabaseChoice Database { get; }

    /// <summary>Origin and path prefix of every URL that is handed out, without a trailing slash; null to use the listening address.</summary>
    public string? PublicBaseUrl { get; }

    public string? BootstrapOrganization { get; }

    public string? BootstrapToken { get; }

    public LimitSettings Limits { get; }

    /// <summary>Seconds for which the server goes on serving after it was asked to end, while it says that it is not ready.</summary>
    public int DrainSeconds { get; }

    /// <summary>
    /// The networks of proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed; empty to believe nobody's.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; }

    /// <summary>Networks that the service connects to although they are not public, where somebody names a URL.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; }

    public AccessTokenLifetime AccessTokenLifetime { get; }

    /// <summary>What connections over TLS have to show of themselves.</summary>
    public ClientCertificates ClientCertificates { get; }

    /// <summary>How long deleted users and audit records are kept.</summary>
    public RetentionTime Retention { get; }

    /// <summary>How events are sent to webhooks.</summary>
    public WebhookSettings Webhooks { get; }

    /// <summary>The schemas that the operator adds to the built-in ones.</summary>
    public SchemaFolder Schemas { get; }

    /// <summary>One line for each thing that is wrong; empty where nothing is.</summary>
    public IReadOnlyList<string> Faults => faults;

    public static ScimSliceOptions Read(IConfiguration configuration) => new(configuration.GetSection(Section));

    /// <summary>The same. Throws <see cref="ConfigurationException"/> with all faults where there are any.</summary>
    public static ScimSliceOptions ReadValid(IConfiguration configuration)
    {
        var options = Read(configuration);
        return options.Faults.Count == 0 ? options : throw new ConfigurationException(options.Faults);
    }

    private string? ReadPublicBaseUrl(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0
            && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
        {
            return url.AbsoluteUri.TrimEnd('/');
        }

        faults.Add("ScimSlice:PublicBaseUrl must be an http or https URL without query, such as https://scim.example.com.");
        return null;
    }

    private IReadOnlyList<IPNetwork> ReadNetworks(IConfigurationSection section, string key)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in (section[key] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Of an address in short, such as 10 or 10.1, nobody knows which one is meant.
            if (IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(letter => letter == '.') == 3))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else
            {
                faults.Add($"ScimSlice:{key} holds '{Excerpt.Plain(text)}', which is no address such as 10.0.0.7 and no network such as 10.0.0.0/24.");
            }
        }

        return networks;
    }

    private string? ReadBootstrapToken(IConfigurationSection section)
    {
        var (token, file) = (section["Bootstrap:Token"], section["Bootstrap:TokenFile"]);
        if (token is not null && file is not null)
        {
            faults.Add("ScimSlice:Bootstrap:Token and ScimSlice:Bootstrap:TokenFile cannot both be set.");
        }

        if (file is not null)
        {
            try
            {
                token = File.ReadAllText(file).Trim();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
            {
                faults.Add($"ScimSlice:Bootstrap:TokenFile cannot be read: {fault.Message}");
                return null;
            }
        }

        if (token is not null && token.Length < BearerToken.MinLength)
        {
            faults.Add($"The bootstrap token must have at least {BearerToken.MinLength} characters; it has {token.Length}. Make one with: openssl rand -hex 32");
        }

        if (token is not null && token.Any(character => character is <= ' ' or ',' or > '~'))
        {
            faults.Add("The bootstrap token holds a character that a header cannot carry: use letters, digits and -._~+/= only.");
        }

        return token;
    }

    private string? ReadBootstrapOrganization(string? name)
    {
        if (name is not null && !OrganizationName.IsValid(name))
        {
            faults.Add($"ScimSlice:Bootstrap:Organization cannot be '{Excerpt.Plain(name)}': an organization's name {OrganizationName.Rule}.");
        }

        return name;
    }

    /// <summary>0 is refused: it could mean at once as well as never, and one of the two loses people.</summary>
    private AccessTokenLifetime ReadAccessTokenLifetime(string? text)
    {
        if (text is null)
        {
            return AccessTokenLifetime.Default;
        }

        if (Lifetime.TryParse(text, out var time) && time >= AccessTokenLifetime.Min && time <= AccessTokenLifetime.Max)
        {
            return new AccessTokenLifetime(time);
        }

        faults.Add($"ScimSlice:OAuth:AccessTokenLifetime must be a time from 1h to 6h; it is '{text}'.");
        return AccessTokenLifetime.Default;
    }

    private TimeSpan ReadTime(IConfigurationSection section, string key, TimeSpan missing)
    {
        if (section[key] is not { } text || Lifetime.TryParse(text, out missing))
        {
            return missing;
        }

        faults.Add($"ScimSlice:{key} must be a time such as {Lifetime.Examples}; it is '{text}'.");
        return missing;
    }

    private TimeSpan? ReadRetention(IConfigurationSection section, string name, TimeSpan? missing)
    {
        if (section[$"Retention:{name}"] is not { } text)
        {
            return missing;
        }

        if (text.Equals(Forever, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (Lifetime.TryParse(text, out var time))
        {
            return time;
        }

        faults.Add($"ScimSlice:Retention:{name} must be a time such as {Lifetime.Examples}, or {Forever}; it is '{text}'.");
        return missing;
    }

    private int ReadLimit(IConfigurationSection section, string key, int missing, int max = int.MaxValue)
    {
        if (section[key] is not { } text)
        {
            return missing;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= max)
        {
            return value;
        }

        faults.Add($"ScimSlice:{key} must be a whole number, {(max == int.MaxValue ? "0 or more" : $"0 to {max}")}; it is '{text}'.");
        return missing;
    }

    /// <summary>A misspelt key would otherwise leave its default in force without a word.</summary>
    private void CheckKeys(IConfigurationSection section)
    {
        foreach (var (key, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (value is not null && key.Length > 0 && !KnownKeys.Concat(Limits.Keys).Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                faults.Add($"ScimSlice:{key} is not a setting; docs/operating.md lists those there are.");
            }
        }
    }
}
