using System.Net;
using System.Net.Sockets;
using Polly;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>UserApi's answer to the question whether a user exists.</summary>
internal enum UserLookup
{
    /// <summary>The user exists.</summary>
    Found,

    /// <summary>No such user exists.</summary>
    NotFound,

    /// <summary>UserApi refuses more requests of this service for now. It works, so this is no outage.</summary>
    Refused,

    /// <summary>UserApi did not answer, or another server answered in its place.</summary>
    Unavailable,
}

/// <summary>
/// Asks UserApi, within the limits that the service defaults set for every HTTP client. <see cref="UserApiAnswers"/> refuses the answers of
/// other servers.
/// </summary>
internal sealed class UserApiClient(HttpClient http, UserLookups lookups)
{
    public async Task<UserLookup> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync($"/v1/users/{id}", cancellationToken);
            var answer = response.StatusCode switch
            {
                HttpStatusCode.OK => UserLookup.Found,
                HttpStatusCode.NotFound => UserLookup.NotFound,
                HttpStatusCode.TooManyRequests => UserLookup.Refused,
                _ => UserLookup.Unavailable,
            };
            lookups.Record(answer, $"it answers {(int)response.StatusCode}");
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException or SocketException or IOException)
        {
            // The last two are not always wrapped: a peer that dies just after the connect shows as a bare SocketException.
            lookups.Record(UserLookup.Unavailable, exception.Message);
            return UserLookup.Unavailable;
        }
    }
}
