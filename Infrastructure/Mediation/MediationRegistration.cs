using System.Reflection;
using FluentValidation;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Deferred;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Registers messages, handlers, validators and the pipeline: telemetry, validation, transaction, audit, handler.</summary>
public static class MediationRegistration
{
    public static IServiceCollection AddMediation(this IServiceCollection services)
    {
        // Details are in one language, whatever the server's culture.
        services.AddSingleton<OperationTable>().AddSingleton<DeferredOperations>().AddScoped<DeferredProgress>();
        ValidatorOptions.Global.LanguageManager.Enabled = false;
        services.AddMediator(options =>
        {
            options.ServiceLifetime = ServiceLifetime.Scoped;
            options.PipelineBehaviors = [typeof(TelemetryBehavior<,>), typeof(ValidationBehavior<,>), typeof(TransactionBehavior<,>), typeof(AuditBehavior<,>), typeof(ReadRetryBehavior<,>)];
        });

        var types = Assembly.GetExecutingAssembly().GetTypes();
        foreach (var message in types.Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IMessage).IsAssignableFrom(type)))
        {
            // Exactly one: a message without a validator, or with two, stops the start.
            var contract = typeof(IValidator<>).MakeGenericType(message);
            var validators = types.Where(type => type is { IsAbstract: false, IsGenericType: false } && contract.IsAssignableFrom(type)).ToArray();
            if (validators.Length != 1)
            {
                throw new InvalidOperationException($"{message.FullName} has {validators.Length} validators; it needs one.");
            }

            // Rules are built once: a validator holds no state of a request.
            services.AddSingleton(contract, validators[0]);
        }

        return services;
    }
}
