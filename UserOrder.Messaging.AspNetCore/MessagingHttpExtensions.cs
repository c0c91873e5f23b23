using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.AspNetCore.Operators;
using UserOrder.Messaging.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the HTTP side of the reliable path.</summary>
public static class MessagingHttpExtensions
{
    /// <summary>
    /// Answers requests that meet a database outage with <c>503</c> and <c>Retry-After</c>, and adds what
    /// <see cref="OperatorEndpointExtensions.MapOperators"/> serves. Needs <c>AddProblemDetails</c> and <c>UseExceptionHandler</c>.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="schemas">
    /// The assembly with the JSON Schemas of the events that operators may edit: the resources <c>{type}.schema.json</c> for the content,
    /// and <c>cloudevent.schema.json</c> for the envelope. Default: none.
    /// </param>
    public static IHostApplicationBuilder AddMessagingHttp(this IHostApplicationBuilder builder, Assembly? schemas = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddExceptionHandler<DatabaseOutageHandler>();
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, DeadLetterJson.Default);
            options.SerializerOptions.TypeInfoResolverChain.Insert(1, OperatorJson.Default);
        });
        builder.Services.AddSingleton<FlowMeter>();
        builder.Services.AddSingleton<StatusReader>();
        builder.Services.AddSingleton(provider => new StatusFeed(
            provider.GetRequiredService<StatusReader>().Read,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        builder.Services.AddSingleton<EventSearch>();
        builder.Services.AddHttpClient(OtherServices.ClientName, client => client.Timeout = OtherServices.Patience);
        builder.Services.AddSingleton<OtherServices>();
        builder.Services.AddSingleton(new EventSchemas(schemas));
        builder.Services.AddSingleton<CorrectionChecker>();
        return builder;
    }
}
