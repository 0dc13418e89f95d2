using System.CommandLine;
using System.Globalization;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.CommandLine;

/// <summary><c>backup FILE</c>: copies the whole database to a new file while servers go on.</summary>
public static class BackupVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A new file; one that is there is not overwritten" };
        return new Command("backup", "Copy the whole database to a new file while servers go on") { file }.Uses(async (database, parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var takenAt = DateTimeValue.Format(TimeProvider.System.GetUtcNow());
            var progress = new ProgressLine("backup");
            var size = await database.BackupAsync(path, share => progress.Tell($"{share * 100:0} % copied"), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("file", Path.GetFullPath(path));
                    json.WriteNumber("bytes", size);
                    json.WriteString("takenAt", takenAt);
                    json.WriteEndObject();
                },
                text => text.WriteLine($"{path} is a checked copy of the database as of {takenAt}, {size} bytes."));
            return 0;
        });
    }
}
