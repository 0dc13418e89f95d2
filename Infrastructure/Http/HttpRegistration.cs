using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Registers the server, its limits and authentication, and puts the middleware in order.</summary>
public static class HttpRegistration
{
    public static WebApplicationBuilder AddScimHttp(this WebApplicationBuilder builder, ScimSliceOptions options)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        var certificate = CertificateFiles.Of(builder.Configuration);
        if (certificate is not null)
        {
            builder.Services.AddHostedService(services =>
            {
                certificate.Log = services.GetRequiredService<ILogger<CertificateFiles>>();
                return certificate;
            });
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits, options.Limits);
            kestrel.ConfigureHttpsDefaults(https =>
            {
                // RFC 7644 §7.1, BCP 195: nothing older, whatever the system would still take.
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                certificate?.Apply(https);
                ClientCertificateCheck.Apply(https, options.ClientCertificates);
            });
        });

        builder.Services
            .AddSingleton(options)
            .AddSingleton<RequestLimiter>()
            .AddSingleton<BodyMemory>()
            .AddSingleton<RequestTime>()
            .AddSingleton<PublicAddress>()
            .AddSingleton<Readiness>()
            .AddSingleton<TokenUse>()
            .AddHostedService(services => services.GetRequiredService<TokenUse>())
            .AddHostedService<Draining>()
            // Draining takes its own time, not that of the requests under way.
            .PostConfigure<HostOptions>(host => host.ShutdownTimeout += TimeSpan.FromSeconds(options.DrainSeconds));
        return builder;
    }

    /// <summary>What is refused, or cut off, before a request has come so far that it can be answered in full.</summary>
    private static void Limit(KestrelServerLimits kestrel, LimitSettings limits)
    {
        kestrel.MaxConcurrentConnections = limits.MaxConnections > 0 ? limits.MaxConnections : null;
        kestrel.KeepAliveTimeout = TimeSpan.FromSeconds(limits.KeepAliveSeconds);
        kestrel.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeaderSeconds);
        kestrel.MaxRequestLineSize = limits.MaxRequestLineBytes;
        kestrel.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
        kestrel.MaxRequestHeaderCount = limits.MaxHeaderCount;
        kestrel.MaxRequestBodySize = RequestBody.MaxDrainedBytes(limits.Scim);

        // On HTTP/2 they hold for each connection, and the address is a header.
        kestrel.MinRequestBodyDataRate = kestrel.MinResponseDataRate = new MinDataRate(limits.MinBytesPerSecond, TimeSpan.FromSeconds(limits.GraceSeconds));
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        kestrel.Http2.MaxRequestHeaderFieldSize = Math.Max(limits.MaxRequestLineBytes, limits.MaxHeaderBytes);
    }

    public static void UseScimHttp(this WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<ScimSliceOptions>().TrustedProxies;
        if (proxies.Count > 0)
        {
            // Whose address it is tells whose failed attempts are counted; no URL is made of what a proxy says.
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in proxies)
            {
                forwarded.KnownIPNetworks.Add(network);
            }

            app.UseForwardedHeaders(forwarded);
        }

        app.Use((context, next) =>
        {
            SafeHeaders.Set(context);
            return next(context);
        });
        app.UseMiddleware<ErrorMiddleware>();
        app.UseRouting();
        if (app.Services.GetRequiredService<ScimSliceOptions>().ClientCertificates.Use == ClientCertificateUse.Require)
        {
            app.Use(ClientCertificateCheck.DemandAsync);
        }

        app.UseMiddleware<TokenAuthentication>();
    }

    /// <summary>Starts to listen. Throws <see cref="ConfigurationException"/> where that cannot be, and disposes of the server.</summary>
    public static async Task ListenAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException or FormatException or System.Net.Sockets.SocketException)
        {
            // An address in use, a port without permission, HTTPS without a certificate: the operator's to mend, told in one line.
            await app.DisposeAsync();
            throw new ConfigurationException([$"The server cannot listen: {fault.Message.Split('\n')[0]}"]);
        }
    }
}
