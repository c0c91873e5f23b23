using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;

namespace UserOrder.ServiceDefaults.Http;

internal static class HttpClientDefaults
{
    /// <summary>
    /// Lets every HTTP client find services by name, and bounds its calls: 3 s in all and 1 s an attempt; a safe method is tried up to
    /// three times with jittered back-off; a circuit breaker stops asking for 5 s a service that fails half of at least ten calls
    /// within 10 s. The health entry <c>http-circuits</c> and a gauge show the breakers.
    /// </summary>
    public static void AddResilientHttpClients(this IServiceCollection services)
    {
        services.AddServiceDiscovery();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HttpCircuits>();
        services.AddHealthChecks().AddCheck<HttpCircuits>("http-circuits");
        services.ConfigureHttpClientDefaults(http =>
        {
            // Each service has a breaker of its own: one that is down must not keep the others from being asked.
            var resilience = http.AddStandardResilienceHandler().SelectPipelineByAuthority();
            resilience.Configure((options, provider) =>
            {
                options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(3);
                options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(1);
                options.Retry.MaxRetryAttempts = 2;
                options.Retry.Delay = TimeSpan.FromMilliseconds(100);
                options.CircuitBreaker.FailureRatio = 0.5;
                options.CircuitBreaker.MinimumThroughput = 10;
                options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(10);
                options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(5);
                provider.GetRequiredService<HttpCircuits>().Watch(options.CircuitBreaker);

                // Nobody knows what a lost POST has done (RFC 9110, section 9.2.2).
                options.Retry.DisableForUnsafeHttpMethods();
            });
            http.AddServiceDiscovery();
        });
    }
}
