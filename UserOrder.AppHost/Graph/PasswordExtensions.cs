using UserOrder.AppHost.LocalServers;

namespace UserOrder.AppHost.Graph;

internal static class PasswordExtensions
{
    /// <summary>
    /// A password that is generated once, of letters and digits only, so that a URI needs no escapes. It is kept with the data of local
    /// servers; that of containers is kept in the user secrets.
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
