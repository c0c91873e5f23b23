using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using UserOrder.ApiDefaults.Security;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the service as a client of other services.</summary>
public static class ClientTokenExtensions
{
    /// <summary>
    /// Sends the service's own access token with every call, as configured by <c>Security:Client</c>. An open service without that section
    /// sends none. Failing to obtain a token counts as a failed call in the circuit breaker of the called service.
    /// </summary>
    /// <param name="http">The client that calls the other service.</param>
    /// <param name="builder">The service's builder.</param>
    /// <param name="scope">The scope to request; <c>Security:Client:Scope</c> overrides it.</param>
    /// <exception cref="InvalidOperationException">The service is not open, and <c>Security:Client</c> is missing.</exception>
    public static IHttpClientBuilder AddClientToken(this IHttpClientBuilder http, IHostApplicationBuilder builder, string scope)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(builder);
        var security = SecurityOptions.Read(builder);
        if (security.Client is not { } client)
        {
            SecurityOptions.Check(
                security.IsOpen,
                $"{SecurityOptions.Section}:{nameof(SecurityOptions.Client)} is missing: the service needs credentials to call others.");
            return http;
        }

        client.Scope ??= scope;
        builder.Services.AddHttpClient(ClientTokens.HttpClientName);
        builder.Services.TryAddKeyedSingleton(client.Scope, (provider, _) => new ClientTokens(
            provider.GetRequiredService<IHttpClientFactory>(), client, provider.GetRequiredService<TimeProvider>()));
        return http.AddHttpMessageHandler(provider => new ClientTokenHandler(provider.GetRequiredKeyedService<ClientTokens>(client.Scope)));
    }
}
