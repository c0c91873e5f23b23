using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace UserOrder.ServiceDefaults.Ports;

/// <summary>In an endpoint's metadata: it is for the inside only.</summary>
internal sealed class InternalOnly
{
    public static readonly InternalOnly Instance = new();
}

internal static class InternalPort
{
    public static TBuilder OnInternalPort<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(InternalOnly.Instance));
        return endpoint;
    }

    /// <summary>Where there is an internal port, lets nothing for the inside be on another one.</summary>
    /// <remarks>By the port that the connection came to, as the header <c>Host</c> says what the client likes.</remarks>
    public static void UseInternalPort(this WebApplication app)
    {
        if (app.Services.GetRequiredService<SecurityOptions>().InternalPort is { } port)
        {
            app.Use((context, next) =>
            {
                if (context.Connection.LocalPort != port && context.GetEndpoint()?.Metadata.GetMetadata<InternalOnly>() is not null)
                {
                    context.SetEndpoint(null);
                }

                return next(context);
            });
        }
    }
}
