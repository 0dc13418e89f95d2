using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// What a change keeps in order to be undone stays in memory. In a temporary file it would be written to a disk that nobody thinks
/// of, and could not be written at all where the whole file system is read-only but for the database's folder.
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
