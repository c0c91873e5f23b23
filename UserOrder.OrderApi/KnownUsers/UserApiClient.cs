using System.Net;
using System.Net.Sockets;
using Polly;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>What is known of a user after asking UserApi.</summary>
internal enum UserLookup
{
    /// <summary>The user exists.</summary>
    Found,

    /// <summary>UserApi says that there is no such user.</summary>
    NotFound,

    /// <summary>UserApi gave no answer that settles it.</summary>
    Unavailable,
}

/// <summary>Asks UserApi, within the limits that the service defaults set for every HTTP client.</summary>
internal sealed partial class UserApiClient(HttpClient http, ILogger<UserApiClient> logger)
{
    public async Task<UserLookup> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync($"/v1/users/{id}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => UserLookup.Found,
                HttpStatusCode.NotFound => UserLookup.NotFound,
                _ => UserLookup.Unavailable,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException or SocketException or IOException)
        {
            // The last two are not always wrapped: a peer that dies just after the connect shows as a bare SocketException.
            LogUnavailable(exception.Message);
            return UserLookup.Unavailable;
        }
    }

    [LoggerMessage(61, LogLevel.Warning, "UserApi is out of reach: {Reason}")]
    private partial void LogUnavailable(string reason);
}
