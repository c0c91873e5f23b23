using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.ApiDefaults.Bodies;
using UserOrder.ApiDefaults.Limits;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;
using UserOrder.ApiDefaults.Transport;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the common parts of an HTTP API.</summary>
public static class ApiDefaultsExtensions
{
    /// <summary>Adds problem details, strict JSON, access tokens, limits and trusted proxies, after <c>AddServiceDefaults</c>.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or invalid; the message names it.</exception>
    public static TBuilder AddApiDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        // Each connection keeps its 4 KiB read buffer, which saves every request one system call.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);

        builder.Services.AddTrustedProxies(builder.Configuration);
        builder.Services.AddStrictJson();
        builder.Services.AddProblems();
        builder.AddSecurity();
        builder.Services.AddLimits();
        return builder;
    }
}
