using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Resilience;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Registers the storage.</summary>
public static class StorageRegistration
{
    public static IServiceCollection AddStorage(this IServiceCollection services, ScimSliceOptions options)
    {
        // created_at is CreatedAt.
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<IDatabase>(_ => new SqliteDatabase(options.ConnectionString))
            .AddSingleton<StorageRetry>()
            .AddScoped<StorageSession>()
            .AddScoped<UnitOfWork>();
    }
}
