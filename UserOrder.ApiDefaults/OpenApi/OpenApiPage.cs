using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace UserOrder.ApiDefaults.OpenApi;

internal static class OpenApiPage
{
    /// <summary>Serves the interactive page for the service's document, in Development only.</summary>
    public static void UseOpenApiPage(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            app.UseSwaggerUI(page =>
            {
                page.DocumentTitle = app.Environment.ApplicationName;
                page.SwaggerEndpoint("/openapi/v1.json", "v1");
            });
        }
    }
}
