using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace UserOrder.ApiDefaults.Security;

internal static class ResponseHeaders
{
    /// <summary>Lets no browser take an answer for something else than its content type says.</summary>
    public static void UseSecurityHeaders(this WebApplication app) =>
        app.Use((context, next) =>
        {
            // Not now: what answers an exception starts with clearing the headers.
            context.Response.OnStarting(
                static state =>
                {
                    ((HttpResponse)state).Headers.XContentTypeOptions = "nosniff";
                    return Task.CompletedTask;
                },
                context.Response);
            return next(context);
        });
}
