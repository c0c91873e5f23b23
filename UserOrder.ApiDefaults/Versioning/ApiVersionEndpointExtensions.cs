using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.ApiDefaults.Requests;
using UserOrder.ApiDefaults.Versioning;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the versions of an API side by side. The version is the first segment of the path.</summary>
public static class ApiVersionEndpointExtensions
{
    /// <summary>Maps the endpoints of a version: <c>/v1/…</c>. They appear in the OpenAPI document of that name.</summary>
    /// <exception cref="KeyNotFoundException">The version is not declared.</exception>
    public static RouteGroupBuilder MapApiVersion(this WebApplication app, string version) => app.MapVersionAt($"/{version}", version);

    /// <summary>Maps the same endpoints without the version in the path, for clients that send none. OpenAPI documents omit them.</summary>
    /// <exception cref="KeyNotFoundException">The version is not declared.</exception>
    public static RouteGroupBuilder MapApiVersionAlias(this WebApplication app, string version)
    {
        var alias = app.MapVersionAt("", version).ExcludeFromDescription();

        // An endpoint's name is unique; it stays with the endpoint that has the version in its path.
        ((IEndpointConventionBuilder)alias).Finally(endpoint => Remove<IEndpointNameMetadata>(endpoint.Metadata));
        return alias;
    }

    private static RouteGroupBuilder MapVersionAt(this WebApplication app, string prefix, string version) =>
        app.MapGroup(prefix).WithGroupName(version).WithMetadata(app.Services.GetRequiredService<ApiVersions>()[version]).AnswerHead();

    private static void Remove<T>(IList<object> metadata)
    {
        foreach (var item in metadata.Where(item => item is T).ToList())
        {
            metadata.Remove(item);
        }
    }
}
