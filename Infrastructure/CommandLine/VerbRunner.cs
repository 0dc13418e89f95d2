using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.CommandLine;

/// <summary>
/// Runs the verbs that send a message: the same messages, handlers and storage as the routes, beside a running server.
/// Exit status: 0 done, 1 failed with one line on standard error, 2 wrong usage.
/// </summary>
public static class VerbRunner
{
    public const int Failed = 1;
    public const int WrongUsage = 2;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every verb of this kind can answer in JSON.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON and nothing else" };

    /// <summary>Parses and runs a verb.</summary>
    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        StorageRegistration.ExpectLargeChanges();
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync($"Usage: see 'ScimSlice {parsed.CommandResult.Command.Name} --help'.");
            return WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception fault) when (fault is not ConfigurationException)
        {
            // A script that runs a verb relies on status 1 and one line, whatever went wrong.
            return Fail([$"The command failed: {fault.GetType().Name}: {fault.Message}"]);
        }
    }

    /// <summary>Sets what a verb does: send a message and print its result.</summary>
    public static T Sends<T>(this T verb, Func<ISender, ParseResult, CancellationToken, Task> action) where T : Command
    {
        verb.Options.Add(Json);
        verb.SetAction((parsed, cancellationToken) => SendAsync(parsed, action, cancellationToken));
        return verb;
    }

    /// <summary>Prints JSON where <c>--json</c> is given, text otherwise.</summary>
    public static void Print(this ParseResult parsed, Action<Utf8JsonWriter> json, Action<TextWriter> text)
    {
        if (!parsed.GetValue(Json))
        {
            text(Console.Out);
            return;
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonOptions))
        {
            json(writer);
        }

        Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>Prints an array of the rows where <c>--json</c> is given, a line for each otherwise.</summary>
    /// <param name="write">Writes the JSON of one row.</param>
    public static void PrintEach<T>(this ParseResult parsed, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write, Func<T, string> line) => parsed.Print(
        json =>
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                write(json, row);
            }

            json.WriteEndArray();
        },
        text =>
        {
            foreach (var row in rows)
            {
                text.WriteLine(line(row));
            }
        });

    /// <summary>The argument ORG of a verb.</summary>
    public static Argument<string> OrganizationArgument() => new("ORG") { Description = "The organization's name or id" };

    /// <summary>Reads an option that is a time such as 365d. One that is not is wrong usage.</summary>
    public static TimeSpan? ParseLifetime(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Lifetime.TryParse(text, out var lifetime))
        {
            return lifetime;
        }

        result.AddError($"'{text}' is not a lifetime; write {Lifetime.Examples}.");
        return null;
    }

    /// <summary>Sets what a verb does with the database as it is: nothing is migrated and no message is sent.</summary>
    public static T Uses<T>(this T verb, Func<IDatabase, ParseResult, CancellationToken, Task<int>> action) where T : Command
    {
        verb.Options.Add(Json);
        verb.SetAction((parsed, cancellationToken) => RunAsync(services => action(services.GetRequiredService<IDatabase>(), parsed, cancellationToken)));
        return verb;
    }

    private static Task<int> SendAsync(ParseResult parsed, Func<ISender, ParseResult, CancellationToken, Task> action, CancellationToken cancellationToken) =>
        RunAsync(async services =>
        {
            services.GetRequiredService<IDatabase>().Migrate(TimeProvider.System);
            await using var scope = services.CreateAsyncScope();
            await action(scope.ServiceProvider.GetRequiredService<ISender>(), parsed, cancellationToken);
            return 0;
        });

    private static async Task<int> RunAsync(Func<ServiceProvider, Task<int>> action)
    {
        var options = ScimSliceOptions.Read(ConfigurationSources.CreateBuilder([]).Configuration);
        if (options.Faults.Count > 0)
        {
            return Fail(options.Faults);
        }

        try
        {
            FoldedKey.RequireUnicode();
            await using var services = new ServiceCollection()
                .AddLogging().AddStorage(options.Database).AddAudit(Actor.Command()).AddOAuth(options.AccessTokenLifetime, options.AllowedNetworks).AddOrganizations(options.Retention, options.Schemas).AddMediation().BuildServiceProvider();
            return await action(services);
        }
        catch (Exception fault) when (fault is ScimException or StorageException or DbException or PlatformNotSupportedException)
        {
            return Fail(fault);
        }
    }

    /// <summary>Says why, for the operator: where the storage refuses, what a client is told would not help.</summary>
    internal static int Fail(Exception fault) => Fail(fault is ScimException { InnerException: { } reason }
        ? [$"The database cannot be used now: {reason.Message}"]
        : fault is ConfigurationException ? fault.Message.Split('\n') : [fault.Message]);

    internal static int Fail(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.Error.WriteLine(line.ReplaceLineEndings(" "));
        }

        return Failed;
    }
}
