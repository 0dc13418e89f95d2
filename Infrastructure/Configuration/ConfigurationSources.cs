using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace ScimSlice.Infrastructure.Configuration;

/// <summary>Where settings come from, in rising precedence: appsettings.json, environment, a file for each key, command line.</summary>
public static class ConfigurationSources
{
    /// <summary>Where container platforms mount secrets, a file for each key: <c>ScimSlice__Bootstrap__Token</c>.</summary>
    private const string SecretsFolder = "/run/secrets";

    /// <summary>A builder with all settings read. Throws <see cref="ConfigurationException"/> where a source cannot be.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            return Create(args);
        }
        catch (Exception fault) when (fault is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            // The two last ones are what a secret says that is mounted for another user.
            throw new ConfigurationException([$"The settings cannot be read: {fault.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    private static WebApplicationBuilder Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // Configuration is read once at the start; watching its folder would only cost time.
            Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"],
            ContentRootPath = File.Exists("appsettings.json") ? Directory.GetCurrentDirectory() : AppContext.BaseDirectory,
        });
        builder.Configuration.AddKeyPerFile(SecretsFolder, optional: true, reloadOnChange: false);
        builder.Configuration.AddCommandLine(args);
        return builder;
    }
}
