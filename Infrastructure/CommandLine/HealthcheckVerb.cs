using System.CommandLine;
using Microsoft.Extensions.Configuration;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Http;

namespace ScimSlice.Infrastructure.CommandLine;

/// <summary><c>healthcheck</c>: exit 0 if the server on this machine is ready. It asks the addresses that the server is configured to listen on.</summary>
public static class HealthcheckVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var verb = new Command("healthcheck", "Exit 0 if the server on this machine is ready");
        verb.SetAction((_, cancellationToken) => RunAsync(ConfigurationSources.CreateBuilder([]).Configuration, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        // The certificate names the public host and not this machine. The question carries no secret, and only a status is read.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler) { Timeout = Patience };
        var answers = new List<string>();
        foreach (var origin in Origins(configuration))
        {
            try
            {
                using var response = await client.GetAsync(new Uri($"{origin}/readyz"), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return 0;
                }

                answers.Add($"{origin} is not ready: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                answers.Add($"{origin} does not answer: {fault.Message}");
            }
        }

        return VerbRunner.Fail([string.Join("; ", answers)]);
    }

    private static IEnumerable<string> Origins(IConfiguration configuration)
    {
        var addresses = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()
            .Concat(Split(configuration["urls"]))
            .Concat(Split(configuration["http_ports"]).Select(port => $"http://localhost:{port}"))
            .Concat(Split(configuration["https_ports"]).Select(port => $"https://localhost:{port}"))
            .ToArray();
        return (addresses.Length == 0 ? ["http://localhost:5000"] : addresses).Select(address => BindingAddressParts.Parse(address).Origin).Distinct();
    }

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
