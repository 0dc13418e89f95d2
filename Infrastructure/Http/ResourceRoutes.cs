using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>The routes below the endpoint of one resource type.</summary>
public sealed class ResourceRoutes(IEndpointRouteBuilder routes, string endpoint)
{
    private readonly RouteGroupBuilder group = routes.MapGroup(endpoint);

    /// <summary>Whether large bodies may be sent here.</summary>
    public bool Large { get; init; }

    public void MapRead<TQuery>(string method, string pattern, Func<ScimRequest, TQuery> from)
        where TQuery : IQuery<ScimResponse> => group.MapRead(method, pattern, from);

    /// <summary>A route that changes something, and so an operation that Bulk may name.</summary>
    public void MapWrite<TCommand>(string method, string pattern, Func<ScimRequest, TCommand> from)
        where TCommand : ICommand<ScimResponse>
    {
        group.MapWrite(method, pattern, endpoint, named: pattern != "/", from, Large);
        routes.ServiceProvider.GetRequiredService<OperationTable>()
            .Add(method, endpoint, named: pattern != "/", (sender, request, cancellationToken) => sender.Send(from(request), cancellationToken));
    }
}
