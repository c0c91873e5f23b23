using System.Net.Http.Headers;
using UserOrder.AppHost.Graph;

namespace UserOrder.AppHost.Commands;

/// <summary>Lets the dashboard's commands call services that require access tokens.</summary>
internal static class OperatorToken
{
    private const string Subject = "dashboard";
    private const string Scope = "admin";

    /// <summary>Adds an operator's token of the issuer to a request; nothing if the services need no token.</summary>
    /// <exception cref="HttpRequestException">The issuer does not answer.</exception>
    public static async Task AddAsync(HttpClient client, HttpRequestMessage request, Issuer? issuer, CancellationToken cancellationToken)
    {
        if (issuer is null)
        {
            return;
        }

        using var form = new FormUrlEncodedContent([new("sub", Subject), new("scope", Scope)]);
        using var response = await client.PostAsync($"{issuer.Server.GetEndpoint("http").Url}/dev/token", form, cancellationToken);
        response.EnsureSuccessStatusCode();
        request.Headers.Authorization =
            new AuthenticationHeaderValue("Bearer", await response.Content.ReadAsStringAsync(cancellationToken));
    }
}
