using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.AspNetCore;

internal static class AdminEndpoints
{
    /// <summary>Whether <see cref="MessagingOptions.AdminEndpoints"/> is set.</summary>
    /// <exception cref="OptionsValidationException">A setting of the section <c>Messaging</c> is outside its limits.</exception>
    public static bool ServesAdmin(this IEndpointRouteBuilder app) =>
        app.ServiceProvider.GetRequiredService<IOptions<MessagingOptions>>().Value.AdminEndpoints;
}
