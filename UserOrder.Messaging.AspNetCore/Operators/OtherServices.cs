using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>Asks the services in <see cref="MessagingOptions.OtherServices"/> where events are, all at once.</summary>
internal sealed class OtherServices(IHttpClientFactory http, IOptions<MessagingOptions> options)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "other-services";

    /// <summary>How long a service may take, if the host sets no shorter limit.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Asks each service as the operator. A service that gives no answer is one with a failure.</summary>
    /// <param name="key">The id, subject or trace id.</param>
    /// <param name="authorization">The caller's header <c>Authorization</c>; null if there is none.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public Task<ServiceFindings[]> AskAsync(string key, string? authorization, CancellationToken cancellationToken) =>
        Task.WhenAll(options.Value.OtherServices
            .Select(service => AskAsync(service.Key, service.Value, key, authorization, cancellationToken))
            .ToList());

    private async Task<ServiceFindings> AskAsync(
        string name, string address, string key, string? authorization, CancellationToken cancellationToken)
    {
        try
        {
            using var client = http.CreateClient(ClientName);
            using var request = new HttpRequestMessage(
                HttpMethod.Get, $"{address.TrimEnd('/')}/admin/events?key={Uri.EscapeDataString(key)}&isLocal=true");
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            using var response = await client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return Failed($"It answers {(int)response.StatusCode}.");
            }

            var answer = await response.Content.ReadFromJsonAsync(OperatorJson.Default.EventSearchResult, cancellationToken);
            return answer is { Services: [var findings] } ? findings with { Service = name } : Failed("Its answer is of another form.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"It is unreachable: {exception.Message}");
        }

        ServiceFindings Failed(string reason) => new(name, [], [], reason);
    }
}
