using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace UserOrder.ApiDefaults.Transport;

/// <summary>
/// The proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> the service trusts when
/// <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c> is set. By default the framework then trusts every client.
/// </summary>
internal static class TrustedProxies
{
    private const string Proxies = "ForwardedHeaders:KnownProxies";
    private const string Networks = "ForwardedHeaders:KnownNetworks";

    /// <summary>Reads the addresses and networks from the configuration. Without any, the service trusts this machine only.</summary>
    /// <exception cref="InvalidOperationException">A value is not an address or not a network.</exception>
    public static void AddTrustedProxies(this IServiceCollection services, IConfiguration configuration)
    {
        var proxies = configuration.GetSection(Proxies).GetChildren().Select(entry =>
            IPAddress.TryParse(entry.Value, out var proxy) ? proxy : throw Invalid(entry, "an IP address")).ToList();
        var networks = configuration.GetSection(Networks).GetChildren().Select(entry =>
            IPNetwork.TryParse(entry.Value, out var network) ? network : throw Invalid(entry, "a network such as 10.0.0.0/8")).ToList();
        if (proxies.Count + networks.Count == 0)
        {
            proxies.Add(IPAddress.IPv6Loopback);
            networks.Add(new IPNetwork(new IPAddress([127, 0, 0, 0]), 8));
        }

        // Runs after the framework's own configuration, which empties both lists.
        services.PostConfigure<ForwardedHeadersOptions>(options =>
        {
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            proxies.ForEach(options.KnownProxies.Add);
            networks.ForEach(options.KnownIPNetworks.Add);
        });
    }

    private static InvalidOperationException Invalid(IConfigurationSection entry, string expected) =>
        new($"{entry.Path} must be {expected}, not '{entry.Value}'.");
}
