using UserOrder.ApiDefaults.Security;

namespace UserOrder.OrderApi.KnownUsers;

internal static class KnownUsersExtensions
{
    /// <summary>Adds the copy of the known users and the way to ask UserApi, which is found by service discovery and given our token.</summary>
    public static void AddKnownUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<KnownUserStore>();
        builder.Services.AddSingleton<UserLookups>();
        builder.Services.AddHttpClient<UserApiClient>(http => http.BaseAddress = new Uri("http://user-api")).AddClientToken(builder);
    }
}
