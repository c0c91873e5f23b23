using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.AspNetCore;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the HTTP side of the reliable path.</summary>
public static class MessagingHttpExtensions
{
    /// <summary>
    /// Answers requests that meet a database outage with <c>503</c> and <c>Retry-After</c>, and adds the JSON of
    /// <see cref="DeadLetterEndpointExtensions.MapDeadLetters"/> and <see cref="PauseEndpointExtensions.MapPauses"/>. Needs
    /// <c>AddProblemDetails</c> and <c>UseExceptionHandler</c>.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    public static IHostApplicationBuilder AddMessagingHttp(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddExceptionHandler<DatabaseOutageHandler>();
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, DeadLetterJson.Default);
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, PauseJson.Default);
        });
        return builder;
    }
}
