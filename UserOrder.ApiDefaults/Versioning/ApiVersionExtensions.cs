using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Versioning;

/// <summary>The version of an API is the first segment of its path. Versions live beside each other in one service.</summary>
public static class ApiVersionExtensions
{
    internal const string SupportedHeader = "api-supported-versions";

    /// <summary>
    /// Declares the versions that the service answers, oldest first. The end of one is announced by <c>Api:Versions:{version}</c> with
    /// <c>Deprecation</c> and <c>Sunset</c>, times in ISO 8601, and <c>Link</c>, the address of a page about it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The configuration is wrong, or is of a version that is not declared.</exception>
    public static WebApplicationBuilder AddApiVersions(this WebApplicationBuilder builder, params string[] versions)
    {
        builder.Services.AddSingleton(new ApiVersions(versions, builder.Configuration));
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Add(ApiVersionJson.Default));
        return builder;
    }

    /// <summary>Maps the endpoints of a version: <c>/v1/…</c>. They are in the OpenAPI document of that name.</summary>
    /// <exception cref="KeyNotFoundException">The version has not been declared.</exception>
    public static RouteGroupBuilder MapApiVersion(this WebApplication app, string version) => app.MapVersionAt($"/{version}", version);

    /// <summary>Maps them once more without the version in the path, for clients that know none. They are no part of the OpenAPI document.</summary>
    /// <exception cref="KeyNotFoundException">The version has not been declared.</exception>
    public static RouteGroupBuilder MapApiVersionAlias(this WebApplication app, string version) =>
        app.MapVersionAt("", version).ExcludeFromDescription();

    /// <summary>
    /// Tells with each answer of a version which versions there are, and when it will be deprecated and gone. A version that is not there
    /// is answered <c>404</c> with the ones that are.
    /// </summary>
    internal static void UseApiVersions(this WebApplication app)
    {
        if (app.Services.GetService<ApiVersions>() is not { } versions)
        {
            return;
        }

        app.Use((context, next) =>
        {
            var version = context.GetEndpoint()?.Metadata.GetMetadata<ApiVersion>();
            if (version is null && versions.IsVersioned(context.Request.Path, out version) && version is null)
            {
                return AnswerUnsupportedAsync(context, versions);
            }

            if (version is not null)
            {
                // Not now: what answers an exception starts with clearing the headers.
                context.Response.OnStarting(() =>
                {
                    SetHeaders(context.Response.Headers, versions, version);
                    return Task.CompletedTask;
                });
            }

            return next(context);
        });
    }

    private static RouteGroupBuilder MapVersionAt(this WebApplication app, string prefix, string version) =>
        app.MapGroup(prefix).WithGroupName(version).WithMetadata(app.Services.GetRequiredService<ApiVersions>()[version]);

    private static void SetHeaders(IHeaderDictionary headers, ApiVersions versions, ApiVersion version)
    {
        headers[SupportedHeader] = versions.Header;
        if (version.Deprecation is not null)
        {
            headers["Deprecation"] = version.Deprecation;
        }

        if (version.Sunset is not null)
        {
            headers["Sunset"] = version.Sunset;
        }

        if (version.Link is not null)
        {
            headers.Link = version.Link;
        }
    }

    private static Task AnswerUnsupportedAsync(HttpContext context, ApiVersions versions)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.Headers[SupportedHeader] = versions.Header;
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails
            {
                Type = ProblemTypes.UnsupportedVersion,
                Title = "There is no such version of this API.",
                Status = StatusCodes.Status404NotFound,
                Detail = $"Supported: {versions.Header}.",
                Extensions = { ["supportedVersions"] = versions.Names },
            },
        }).AsTask();
    }
}
