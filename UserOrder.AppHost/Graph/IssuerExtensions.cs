using UserOrder.AppHost.Options;

namespace UserOrder.AppHost.Graph;

/// <summary>An issuer of access tokens, and the client secret with which a service gets its own token.</summary>
internal sealed record Issuer(IResourceBuilder<ProjectResource> Server, IResourceBuilder<ParameterResource> ClientSecret);

/// <summary><c>--secure</c>: the services require access tokens, and an issuer issues them.</summary>
internal static class IssuerExtensions
{
    private const string Name = "issuer";
    private const int Port = 3010;
    private const string Audience = "user-order";

    /// <summary>Adds the issuer if <c>--secure</c> is set, in run mode only.</summary>
    /// <returns>Null if the services need no token.</returns>
    public static Issuer? AddIssuer(this IDistributedApplicationBuilder graph)
    {
        if (!graph.ExecutionContext.IsRunMode || !graph.HasFlag("secure"))
        {
            return null;
        }

        // Tokens contain the issuer's address, so the issuer must listen without a proxy.
        var secret = graph.AddPassword(Name);
        var server = graph.AddProject<Projects.Issuer>(Name, project => project.ExcludeLaunchProfile = true)
            .RunBuiltProgram()
            .WithHttpEndpoint(graph.PortOf(Name, Port), name: "http", isProxied: false)
            .WithHttpHealthCheck("/jwks", endpointName: "http")
            .WithoutHttpsCertificate()
            .WithIconName("Key")
            .WithEnvironment("Issuer__Audience", Audience)
            .WithEnvironment("Issuer__ClientSecret", secret)
            .WithEnvironment("Logging__LogLevel__Microsoft.AspNetCore", "Warning");
        return new Issuer(server, secret);
    }

    /// <summary>Makes the service require tokens of the issuer, and send its own token with its calls.</summary>
    public static IResourceBuilder<ProjectResource> WithIssuer(this IResourceBuilder<ProjectResource> api, Issuer? issuer)
    {
        if (issuer is null)
        {
            return api;
        }

        var url = issuer.Server.GetEndpoint("http");
        return api
            .WithEnvironment("Security__Authority", url)
            .WithEnvironment("Security__Audience", Audience)
            .WithEnvironment("Security__Client__TokenEndpoint", $"{url}/token")
            .WithEnvironment("Security__Client__ClientId", "order-api")
            .WithEnvironment("Security__Client__ClientSecret", issuer.ClientSecret)
            .WaitFor(issuer.Server);
    }
}
