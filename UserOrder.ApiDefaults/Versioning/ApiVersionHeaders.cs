using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Versioning;

/// <summary>Sends the version headers with each response.</summary>
internal static class ApiVersionHeaders
{
    public const string Supported = "api-supported-versions";

    /// <summary>
    /// Names the supported versions, the deprecation and the sunset in each response of a version. A request for an unknown version is
    /// answered <c>404</c> with the supported ones.
    /// </summary>
    public static void UseApiVersions(this WebApplication app)
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
                // Set late, because the exception handler clears the headers.
                context.Response.OnStarting(() =>
                {
                    SetHeaders(context.Response.Headers, versions, version);
                    return Task.CompletedTask;
                });
            }

            return next(context);
        });
    }

    private static void SetHeaders(IHeaderDictionary headers, ApiVersions versions, ApiVersion version)
    {
        headers[Supported] = versions.Header;
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
        context.Response.Headers[Supported] = versions.Header;
        var problem = ProblemTypes.UnsupportedVersion.ToDetails($"Supported: {versions.Header}.");
        problem.Extensions["supportedVersions"] = versions.Names;
        return context.WriteProblemAsync(problem);
    }
}
