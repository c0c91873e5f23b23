using UserOrder.AppHost.LocalServers;

namespace UserOrder.AppHost.Graph;

internal static class PasswordExtensions
{
    /// <summary>
    /// Adds a password that is generated once, from letters and digits only, so that a URI needs no escapes. For local servers it is stored
    /// with their data; for containers, in the user secrets.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddPassword(this IDistributedApplicationBuilder graph, string resource)
    {
        var name = $"{resource}-password";
        var rule = new GenerateParameterDefault { MinLength = 22, Special = false };
        if (Servers.Of(graph).Data is { } data)
        {
            var key = $"Parameters:{name}";
            graph.Configuration[key] = data.Password(name, graph.Configuration[key], rule);
        }

        return graph.AddParameter(name, rule, secret: true, persist: true);
    }
}
