using Microsoft.Extensions.DependencyInjection;
using UserOrder.ApiDefaults.Versioning;

namespace Microsoft.Extensions.Hosting;

/// <summary>Declares the versions of a service's API.</summary>
public static class ApiVersionBuilderExtensions
{
    /// <summary>
    /// Declares the versions that the service answers, oldest first. <c>Api:Versions:{version}</c> announces the end of one by
    /// <c>Deprecation</c> and <c>Sunset</c>, times in ISO 8601, and <c>Link</c>, the address of a page about it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is invalid, or configures a version that is not declared.</exception>
    public static TBuilder AddApiVersions<TBuilder>(this TBuilder builder, params string[] versions)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddSingleton(new ApiVersions(versions, builder.Configuration));
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Add(ApiVersionJson.Default));
        return builder;
    }
}
