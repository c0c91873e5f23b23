using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Puts the service's own access token on each call, and tries once more with a new one where the token is refused.</summary>
internal sealed class ClientTokenHandler(ClientTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || request.Content is not null || !tokens.Forget(token))
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }
}

/// <summary>Registers the service as a client of others.</summary>
public static class ClientTokenExtensions
{
    /// <summary>
    /// Lets the client call with the service's own access token, as <c>Security:Client</c> says; an open service that has none calls without.
    /// That no token is to be had is a failed call, and counts in the circuit breaker of the service that was to be called.
    /// </summary>
    /// <exception cref="InvalidOperationException">The service is not open, and <c>Security:Client</c> is missing.</exception>
    public static IHttpClientBuilder AddClientToken(this IHttpClientBuilder http, WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(builder);
        var security = SecurityOptions.Read(builder);
        if (security.Client is not { } client)
        {
            SecurityOptions.Check(security.IsOpen, $"{SecurityOptions.Section}:{nameof(SecurityOptions.Client)} is missing: with it the service calls others.");
            return http;
        }

        builder.Services.AddHttpClient(ClientTokens.HttpClientName);
        builder.Services.TryAddSingleton(provider => new ClientTokens(
            provider.GetRequiredService<IHttpClientFactory>(), client, provider.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddTransient<ClientTokenHandler>();
        return http.AddHttpMessageHandler<ClientTokenHandler>();
    }
}
