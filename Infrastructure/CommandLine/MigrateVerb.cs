using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.CommandLine;

/// <summary>
/// <c>migrate status</c>: says which versions of the schema the database has and changes nothing. <c>migrate up</c>: brings it up
/// to date, as every start of the server does.
/// </summary>
public static class MigrateVerb
{
    public static Command Create()
    {
        var status = new Command("status", "Show which versions of the schema the database has; changes nothing").Uses((database, parsed, _) =>
            Task.FromResult(Show(database.ReadMigrations(), parsed)));
        var up = new Command("up", "Bring the schema up to date, as the server does when it starts").Uses((database, parsed, _) =>
        {
            database.Migrate(TimeProvider.System);
            return Task.FromResult(Show(database.ReadMigrations(), parsed));
        });
        return new Command("migrate", "The schema of the database") { status, up };
    }

    private static int Show(MigrationStatus status, ParseResult parsed)
    {
        parsed.Print(json => Write(json, status), text => Write(text, status));
        return status.Fault is { } fault ? VerbRunner.Fail([fault]) : 0;
    }

    private static void Write(Utf8JsonWriter json, MigrationStatus status)
    {
        json.WriteStartObject();
        json.WriteBoolean("current", status.IsCurrent);
        json.WriteString("fault", status.Fault);
        json.WriteStartArray("migrations");
        foreach (var migration in status.Migrations)
        {
            json.WriteStartObject();
            json.WriteNumber("version", migration.Version);
            json.WriteString("name", migration.Name);
            json.WriteString("appliedAt", migration.AppliedAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(TextWriter text, MigrationStatus status)
    {
        foreach (var migration in status.Migrations)
        {
            text.WriteLine($"{migration.Version:0000}  {(migration.AppliedAt is { } at ? $"applied {at}" : "pending"),-32}  {migration.Name}");
        }

        if (status.Fault is null)
        {
            text.WriteLine(status.IsCurrent ? "The schema is up to date." : "The next start of the server, or 'migrate up', applies what is pending.");
        }
    }
}
