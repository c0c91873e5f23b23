using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.ServiceDefaults.Ports;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Keeps internal endpoints off the public ports.</summary>
public static class InternalPortExtensions
{
    /// <summary>Serves the endpoint on the internal port only, when <c>Security:InternalPort</c> is set.</summary>
    /// <param name="endpoint">One endpoint, or a group.</param>
    public static TBuilder OnInternalPort<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(InternalOnly.Instance));
        return endpoint;
    }

    /// <summary>Hides internal endpoints from every other port.</summary>
    internal static void UseInternalPort(this WebApplication app)
    {
        var port = app.Services.GetRequiredService<InternalPort>();
        if (!port.IsSet)
        {
            return;
        }

        app.Use((context, next) =>
        {
            if (!port.Received(context) && context.GetEndpoint()?.Metadata.GetMetadata<InternalOnly>() is not null)
            {
                context.SetEndpoint(null);
            }

            return next(context);
        });
    }
}
