using Microsoft.Extensions.DependencyInjection.Extensions;

// The namespace of the methods that stand in for Microsoft.Extensions.ServiceDiscovery's, so that their callers need not change.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Takes the place of <c>Microsoft.Extensions.ServiceDiscovery</c> where no package source carries it.</summary>
internal static class ServiceDiscoveryExtensions
{
    /// <summary>Adds the look-up of service names in the configuration.</summary>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services)
    {
        services.TryAddTransient<ServiceDiscoveryHandler>();
        return services;
    }

    /// <summary>Lets the client address services by name.</summary>
    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder http) => http.AddHttpMessageHandler<ServiceDiscoveryHandler>();
}
