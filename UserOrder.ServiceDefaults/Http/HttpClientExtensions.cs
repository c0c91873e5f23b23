using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace UserOrder.ServiceDefaults.Http;

internal static class HttpClientExtensions
{
    /// <summary>Puts a <see cref="ResilienceHandler"/> in front of the client's calls.</summary>
    /// <remarks>
    /// The handlers live as long as the program, so that the circuit breaker keeps its state; the connections below are renewed
    /// instead, which notices changes in DNS just as well.
    /// </remarks>
    public static IHttpClientBuilder AddStandardResilience(this IHttpClientBuilder http)
    {
        http.Services.TryAddTransient<ResilienceHandler>();
        return http
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2))
            .AddHttpMessageHandler<ResilienceHandler>();
    }
}
