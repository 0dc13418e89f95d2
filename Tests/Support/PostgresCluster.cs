using System.Globalization;
using Npgsql;

namespace ScimSlice.Tests.Support;

/// <summary>
/// A PostgreSQL server of the test's own, in a folder and on a port of its own, for tests that stop, kill or promote it. It is
/// started by the programs of Debian's package or of the PATH; stopped and deleted at the end.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Account = "postgres";

    private readonly string data;

    private PostgresCluster(string data) => this.data = data;

    /// <summary>The folder of <c>initdb</c> and <c>pg_ctl</c>; null where there is none.</summary>
    public static string? Programs { get; } = FindPrograms();

    public int Port { get; private set; }

    /// <summary>Connects to a database of this server.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username={Account};Database={database};Timeout=30";

    /// <summary>A new server that runs, with these settings (<c>fsync=on</c>) and an empty database <c>scimslice</c>.</summary>
    public static async Task<PostgresCluster> StartNewAsync(params string[] settings)
    {
        var cluster = new PostgresCluster(await CreateFolderAsync());
        await RunAsync("initdb", "-D", cluster.data, "-U", Account, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N");
        await cluster.ConfigureAsync(["fsync=off", "shared_buffers=32MB", "max_connections=200", "deadlock_timeout=100ms", .. settings]);
        await cluster.StartSomewhereAsync();
        await cluster.ExecuteAsync("create database scimslice encoding 'UTF8' template template0", Account);
        return cluster;
    }

    /// <summary>A standby of this server; returns when every commit here waits for it.</summary>
    public async Task<PostgresCluster> StartSynchronousStandbyAsync()
    {
        var standby = new PostgresCluster(await CreateFolderAsync());
        await RunAsync("pg_basebackup", "-D", standby.data, "-h", "127.0.0.1", "-p", $"{Port}", "-U", Account, "-R", "-c", "fast", "-X", "stream", "-N");
        await standby.ConfigureAsync("cluster_name=standby");
        await standby.StartSomewhereAsync();
        await ExecuteAsync("alter system set synchronous_standby_names = 'standby'", Account);
        await ExecuteAsync("select pg_reload_conf()", Account);
        await Eventually.BeAsync(async () => await ExecuteAsync("select count(*) from pg_stat_replication where sync_state = 'sync'", Account) is 1L);
        return standby;
    }

    public Task StartAsync() => RunAsync("pg_ctl", "-D", data, "-l", Path.Combine(data, "log"), "-w", "-t", "60", "-o", $"-p {Port}", "start");

    /// <summary>Stops at once, as if the machine had failed: nothing is written any more.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "-D", data, "-m", "immediate", "-w", "-t", "60", "stop");

    /// <summary>Makes the standby the primary.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", "-D", data, "-w", "-t", "60", "promote");

    /// <summary>Ends the server's first process without a warning (kill -9); its sessions end when they notice.</summary>
    public async Task KillAsync()
    {
        var process = (await File.ReadAllLinesAsync(Path.Combine(data, "postmaster.pid")))[0];
        await Shell.RunAsync("kill", "-9", process);
    }

    /// <summary>Ends the process of a session without a warning, upon which the server ends all others and recovers.</summary>
    public static Task KillSessionAsync(int process) => Shell.RunAsync("kill", "-9", process.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs a statement and returns the first value.</summary>
    public async Task<object?> ExecuteAsync(string sql, string database = "scimslice")
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString(database)};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (File.Exists(Path.Combine(data, "postmaster.pid")))
            {
                await StopAsync();
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(data)!, recursive: true);
        }
    }

    /// <summary>Starts on a port that outgoing connections do not use; tries another where somebody listens there.</summary>
    private async Task StartSomewhereAsync()
    {
        for (var attempts = 5; ; attempts--)
        {
            Port = Random.Shared.Next(20_000, 30_000);
            try
            {
                await StartAsync();
                return;
            }
            catch (InvalidOperationException) when (attempts > 1)
            {
                // Another port, then.
            }
        }
    }

    private Task ConfigureAsync(params string[] settings) => File.AppendAllLinesAsync(
        Path.Combine(data, "postgresql.conf"),
        ["listen_addresses='127.0.0.1'", $"unix_socket_directories='{Path.GetDirectoryName(data)}'", .. settings]);

    /// <summary>PostgreSQL refuses to run as root, so root lends its account the folder.</summary>
    private static async Task<string> CreateFolderAsync()
    {
        var folder = Directory.CreateTempSubdirectory("scimslice-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await Shell.RunAsync("chown", Account, folder);
        }

        return Path.Combine(folder, "data");
    }

    private static Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? Shell.RunAsync("runuser", ["-u", Account, "--", path, .. arguments])
            : Shell.RunAsync(path, arguments);
    }

    private static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        var folders = (Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            : []).Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return OperatingSystem.IsWindows() ? null : folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }
}
