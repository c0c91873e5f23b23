using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Telemetry;
using UserOrder.Messaging.Resilience;

namespace UserOrder.ServiceDefaults.Http;

internal static class HttpClientDefaults
{
    /// <summary>
    /// Gives every HTTP client service discovery and these limits: 3 s for a call, 1 s for an attempt with the answer's whole body, at most
    /// 1 MiB, and up to three attempts with jittered back-off for safe methods. A circuit breaker opens for 5 s when a service fails half
    /// of at least ten calls within 10 s. The health entry <c>http-circuits</c> and a gauge show the breakers. No client follows a
    /// redirect, because another server would answer in place of the called service.
    /// </summary>
    public static void AddResilientHttpClients(this IServiceCollection services)
    {
        services.AddServiceDiscovery();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HttpCircuits>();

        // Polly's own registration takes the system's clock, whose step back by an hour would keep a breaker open for an hour.
        services.AddTransient(provider =>
            new ResiliencePipelineBuilder { TimeProvider = new SteadyTime(provider.GetRequiredService<TimeProvider>()) }
                .ConfigureTelemetry(provider.GetRequiredService<IOptions<TelemetryOptions>>().Value));
        services.AddHealthChecks().AddCheck<HttpCircuits>("http-circuits");
        services.ConfigureHttpClientDefaults(http =>
        {
            http.ConfigurePrimaryHttpMessageHandler(provider => new BoundedAnswers(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                MeterFactory = provider.GetRequiredService<IMeterFactory>(),
            }));

            // One breaker for each service: an outage of one must not block calls to the others.
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
                options.Retry.ShouldHandle = arguments => ValueTask.FromResult(IsOutage(arguments.Outcome));
                options.CircuitBreaker.ShouldHandle = arguments => ValueTask.FromResult(IsOutage(arguments.Outcome));
                provider.GetRequiredService<HttpCircuits>().Watch(options.CircuitBreaker);

                // A POST without an answer may have taken effect (RFC 9110, section 9.2.2).
                options.Retry.DisableForUnsafeHttpMethods();
            });
            http.AddServiceDiscovery();
        });
    }

    /// <summary>A service that answers <c>429</c> works. A retry would only raise the rate that it refuses.</summary>
    private static bool IsOutage(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests && HttpClientResiliencePredicates.IsTransient(outcome);
}
