using Mediator;
using Microsoft.Extensions.DependencyInjection;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Sends messages that no request sends.</summary>
public static class ScopedSender
{
    /// <summary>Sends a command in a scope of its own.</summary>
    public static async Task<T> SendAsync<T>(this IServiceProvider services, ICommand<T> command)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(command);
    }
}
