using Microsoft.Extensions.DependencyInjection;

namespace UserOrder.Messaging.DeadLetters;

internal static class DeadLetterExtensions
{
    public static void AddDeadLetters(this IServiceCollection services)
    {
        services.AddSingleton<DeadLetterCounts>();
        services.AddHostedService<DeadLetterCounter>();
        services.AddHealthChecks().AddCheck<DeadLetterHealthCheck>("dead-letters");
        services.AddSingleton<DeadLetterPublisher>();
        services.AddSingleton<DeadLetterTurns>();
        services.AddSingleton<DeadLetterStore>();
    }
}
