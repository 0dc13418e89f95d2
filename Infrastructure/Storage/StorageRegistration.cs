using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ScimSlice.Infrastructure.Resilience;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Registers the storage.</summary>
public static class StorageRegistration
{
    /// <summary>Said before the storage is used by a process that may change more at once than there is memory, as an import does.</summary>
    public static void ExpectLargeChanges() => AppContext.SetSwitch(SqliteDatabase.UndoOnDisk, true);

    public static IServiceCollection AddStorage(this IServiceCollection services, DatabaseChoice database)
    {
        // created_at is CreatedAt.
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<IDatabase>(_ => database.IsPostgres ? new PostgresDatabase(database.ConnectionString) : new SqliteDatabase(database.ConnectionString))
            .AddSingleton<StorageRetry>()
            .AddSingleton<StorageCondition>()
            .AddSingleton<ScanTurns>(_ => new ScanTurns())
            .AddSingleton<LogTurns>()
            .AddScoped<StorageSession>()
            .AddScoped<UnitOfWork>();
    }
}
