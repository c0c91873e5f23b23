using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Limits;
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
        builder.Services.AddOptionsWithValidateOnStart<UserLookupOptions, UserLookupOptionsValidator>()
            .BindConfiguration(UserLookupOptions.Section);
        builder.Services.AddSingleton(provider => new CallerRateLimiter(
            provider.GetRequiredService<AccessControl>(),
            provider.GetRequiredService<IOptions<UserLookupOptions>>().Value.UserLookupsPerSecond,
            UserLookupOptions.Usual));
        builder.Services.AddUserApiClient().AddClientToken(builder, Scope);
    }

    internal static IHttpClientBuilder AddUserApiClient(this IServiceCollection services) =>
        services.AddHttpClient<UserApiClient>(http => http.BaseAddress = new Uri("http://user-api"))
            .AddHttpMessageHandler(() => new UserApiAnswers());
}
