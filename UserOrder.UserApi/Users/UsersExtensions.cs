using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.UserApi.Users;

internal static class UsersExtensions
{
    /// <summary>Adds the users' statements and JSON.</summary>
    public static void AddUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UserStore>();
        builder.Services.AddSingleton(
            new CrossOriginHeaders(IdempotencyKeyHeaderAttribute.HeaderName, IdempotencyKeyHeaderAttribute.ReplayedHeaderName));
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, UserJson.Default));
    }
}
