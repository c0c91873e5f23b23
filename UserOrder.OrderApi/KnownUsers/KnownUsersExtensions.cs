using UserOrder.ApiDefaults.Security;

namespace UserOrder.OrderApi.KnownUsers;

internal static class KnownUsersExtensions
{
    private const string Scope = "users:read" + Scopes.AnySuffix;

    /// <summary>Adds the copy of the known users, and UserApi's client with service discovery and the service's access token.</summary>
    public static void AddKnownUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<KnownUserStore>();
        builder.Services.AddSingleton<UserLookups>();
        builder.Services.AddHttpClient<UserApiClient>(http => http.BaseAddress = new Uri("http://user-api")).AddClientToken(builder, Scope);
    }
}
