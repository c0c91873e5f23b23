using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.OpenApi;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the OpenAPI document.</summary>
public static class ApiDocumentEndpointExtensions
{
    /// <summary>Maps <c>/openapi/v1.json</c>, or another version's document, for every caller.</summary>
    /// <remarks>The framework's own endpoint makes the document again for each request, with the request's <c>Host</c> in it.</remarks>
    public static void MapApiDocument(this WebApplication app, string version = "v1")
    {
        ArgumentNullException.ThrowIfNull(app);
        var document = new ServedDocument(
            app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(version),
            app.Services.GetRequiredService<IOptionsMonitor<OpenApiOptions>>().Get(version).OpenApiVersion);
        app.MapMethods(
                $"/openapi/{version}.json",
                [HttpMethods.Get, HttpMethods.Head],
                async context => await (await document.GetAsync().WaitAsync(context.RequestAborted)).ExecuteAsync(context))
            .AllowAnonymous();
    }
}
