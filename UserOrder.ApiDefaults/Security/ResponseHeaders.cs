using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace UserOrder.ApiDefaults.Security;

internal static class ResponseHeaders
{
    /// <summary>Keeps browsers from guessing another content type than the stated one.</summary>
    public static void UseSecurityHeaders(this WebApplication app) =>
        app.Use((context, next) =>
        {
            // Set late, because the exception handler clears the headers.
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
