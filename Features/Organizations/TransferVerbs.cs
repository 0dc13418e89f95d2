using System.CommandLine;
using System.Text.Json;
using Mediator;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary>The verbs <c>export</c> and <c>import</c>, by which an organization moves from one database to another.</summary>
internal static class TransferVerbs
{
    public static Command Export()
    {
        var organization = VerbRunner.OrganizationArgument();
        var file = new Argument<string?>("FILE") { Description = "A new file; without it the export goes to standard output", Arity = ArgumentArity.ZeroOrOne };
        var tokens = new Option<bool>("--tokens") { Description = "Export the hashes of its tokens too, so that its clients go on with them" };
        var export = new Command("export", "Write an organization as JSON Lines") { organization, file, tokens };
        return export.Sends(async (sender, parsed, cancellationToken) =>
        {
            var (name, secrets) = (parsed.GetRequiredValue(organization), parsed.GetValue(tokens));
            var progress = new ProgressLine("export");
            if (parsed.GetValue(file) is not { } path)
            {
                await using var output = Console.OpenStandardOutput();
                await sender.Send(new ExportOrganization.Query(name, secrets, output, Tell), cancellationToken);
                return;
            }

            using var whole = WholeFile.Create(path);
            TransferResult result;
            await using (var output = new FileStream(whole.UnfinishedPath, FileMode.Open, FileAccess.Write))
            {
                result = await sender.Send(new ExportOrganization.Query(name, secrets, output, Tell), cancellationToken);
            }

            whole.Publish();
            Print(parsed, result, $"{result.Organization.Name} is exported to {path}", Path.GetFullPath(path));

            void Tell(long lines) => progress.Tell($"{lines} lines written");
        });
    }

    public static Command Import()
    {
        var file = new Argument<string?>("FILE") { Description = "The file that 'export' wrote; without it standard input is read", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string>("--as") { Description = "Another name for the organization" };
        return new Command("import", "Make an organization out of an export, all of it or nothing") { file, name }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var progress = new ProgressLine("import");
            await using var input = parsed.GetValue(file) is { } path ? Open(path) : await SpoolAsync(cancellationToken);
            var result = await sender.Send(new ImportOrganization.Command(input, parsed.GetValue(name), lines => progress.Tell($"{lines} lines read")), cancellationToken);
            Print(parsed, result, $"{result.Organization.Name} is imported", file: null);
        });
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StorageException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Standard input can be read once only, and an import may be tried again; so it is kept in a file without a name.</summary>
    private static async Task<FileStream> SpoolAsync(CancellationToken cancellationToken)
    {
        try
        {
            var spool = OwnFile.CreateNameless(Path.Combine(Path.GetTempPath(), $"scimslice-import-{Guid.NewGuid():N}"));
            await using var input = Console.OpenStandardInput();
            await input.CopyToAsync(spool, cancellationToken);
            return spool;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Standard input cannot be kept in {Path.GetTempPath()}: {fault.Message} Name the file instead.", fault);
        }
    }

    private static void Print(ParseResult parsed, TransferResult result, string done, string? file) => parsed.Print(
        json =>
        {
            json.WriteStartObject();
            json.WriteString("id", result.Organization.Id);
            json.WriteString("name", result.Organization.Name);
            json.WriteString("createdAt", result.Organization.CreatedAt);
            if (file is not null)
            {
                json.WriteString("file", file);
            }

            WriteCounts(json, result);
            json.WriteEndObject();
        },
        text => text.WriteLine($"{done}: {string.Join(", ", result.Counts.Select(count => $"{count.Key} {count.Value}"))}."));

    private static void WriteCounts(Utf8JsonWriter json, TransferResult result)
    {
        json.WriteStartObject("counts");
        foreach (var (kind, count) in result.Counts)
        {
            json.WriteNumber(kind, count);
        }

        json.WriteEndObject();
    }
}
