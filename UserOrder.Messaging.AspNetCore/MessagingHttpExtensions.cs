using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Registers what an HTTP API needs beside the reliable path.</summary>
public static class MessagingHttpExtensions
{
    /// <summary>
    /// Answers requests that meet a database outage with <c>503</c> and <c>Retry-After</c>, and adds the JSON of
    /// <see cref="DeadLetterEndpoints.MapDeadLetters"/>. Needs <c>AddProblemDetails</c> and <c>UseExceptionHandler</c>.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    public static IHostApplicationBuilder AddMessagingHttp(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddExceptionHandler<DatabaseOutageHandler>();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, DeadLetterJson.Default));
        return builder;
    }
}
