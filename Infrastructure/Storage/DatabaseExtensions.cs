using System.Data.Common;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Short forms of what a database does.</summary>
internal static class DatabaseExtensions
{
    /// <summary>Writes in the service's own turn. See <see cref="IDatabase.WriteAsync{T}"/>.</summary>
    public static Task<T> WriteAsync<T>(this IDatabase database, Func<DbConnection, ValueTask<T>> work, CancellationToken cancellationToken) =>
        database.WriteAsync(organizationId: null, work, cancellationToken);
}
