using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// What a change keeps in order to be undone stays in memory, and what does not fit there lies beside the database. In the usual
/// temporary files it would be written to a disk that nobody thinks of, and could not be written at all where the whole file system is
/// read-only but for the database's folder.
/// </summary>
[Collection("Faults")]
public sealed class TemporaryFileTests
{
    /// <summary>The beginning of the name of each of SQLite's temporary files.</summary>
    private const string TemporaryName = "etilqs_";

    private const int Clients = 8;
    private const int ChangesOfEach = 40;

    [OnLinuxSqliteFact]
    public async Task Large_changes_make_no_temporary_file()
    {
        await using var program = FaultProgram.Create();
        await program.ServeAsync();

        var changes = Task.WhenAll(Enumerable.Range(0, Clients).Select(number => ReplaceAsync(program.Client(), $"user{number}")));
        var seen = new HashSet<string>();
        while (!changes.IsCompleted)
        {
            seen.UnionWith(OpenFiles(program.ProcessId));
        }

        await changes;
        seen.Should().Contain(file => file.EndsWith("scimslice.db-wal", StringComparison.Ordinal), "the files of the process are seen");
        seen.Should().NotContain(file => file.Contains(TemporaryName, StringComparison.Ordinal));
    }

    [OnLinuxSqliteFact]
    public async Task An_order_over_very_many_users_uses_a_file_beside_the_database_only()
    {
        await using var program = FaultProgram.Create();
        await program.ServeAsync();
        var client = program.Client();
        await client.CreateUserAsync("first", "\"title\":\"a\"");
        using (var database = program.Database.Open())
        {
            database.Execute(
                """
                insert into users (organization_id, id, version, created_at, last_modified_at, user_name_key, active, document, search)
                select organization_id, 'x' || n, version, created_at, last_modified_at, 'x' || n, active, document, jsonb_set(search, '$.title', hex(randomblob(60)))
                from users, (with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 60000) select n from numbers) numbers
                """);
        }

        using var stop = new CancellationTokenSource();
        var asking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                (await client.GetAsync("/Users?sortBy=title&startIndex=50000&count=1&attributes=userName")).Status.Should().Be(200);
            }
        });
        var seen = new HashSet<string>();
        await Eventually.BeAsync(() =>
        {
            seen.UnionWith(OpenFiles(program.ProcessId).Where(file => file.Contains(TemporaryName, StringComparison.Ordinal)));
            return Task.FromResult(seen.Count > 0 || asking.IsCompleted);
        });
        await stop.CancelAsync();
        await asking;

        seen.Should().NotBeEmpty().And.OnlyContain(file => file.StartsWith(Path.GetDirectoryName(program.DatabaseFile)!, StringComparison.Ordinal));
    }

    /// <summary>Replaces a user of some fifty pages, each time by another one.</summary>
    private static async Task ReplaceAsync(ScimClient client, string name)
    {
        var created = await client.PostAsync("/Users", Large(name, 'a'));
        created.Status.Should().Be(201);
        for (var change = 1; change <= ChangesOfEach; change++)
        {
            var replaced = await client.PutAsync($"/Users/{created.Id}", Large(name, (char)('a' + (change % 26))));
            replaced.Status.Should().Be(200);
        }
    }

    private static string Large(string name, char letter) => ScimClient.User(
        name, $"\"addresses\":[{string.Join(',', Enumerable.Range(0, 4).Select(number => $"{{\"type\":\"{number}\",\"formatted\":\"{new string(letter, 25_000)}\"}}"))}]");

    private static IEnumerable<string> OpenFiles(int process)
    {
        foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
        {
            string? target = null;
            try
            {
                target = new FileInfo(descriptor).LinkTarget;
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }

            if (target is not null)
            {
                yield return target;
            }
        }
    }
}
