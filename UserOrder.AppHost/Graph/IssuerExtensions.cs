using UserOrder.AppHost.Options;

namespace UserOrder.AppHost.Graph;

/// <summary>An issuer of access tokens beside the services, and the secret with which a service gets its own token.</summary>
internal sealed record Issuer(IResourceBuilder<ProjectResource> Server, IResourceBuilder<ParameterResource> ClientSecret);

/// <summary><c>--secure</c>: the services ask for access tokens, and an issuer gives them.</summary>
internal static class IssuerExtensions
{
    private const string Name = "issuer";
    private const int Port = 3010;
    private const string Audience = "user-order";

    /// <summary>Adds the issuer where it is asked for, in run mode only.</summary>
    /// <returns>Null where the services are open.</returns>
    public static Issuer? AddIssuer(this IDistributedApplicationBuilder graph)
    {
        if (!graph.ExecutionContext.IsRunMode || !graph.HasFlag("secure"))
        {
            return null;
        }

        // The issuer's address is in its tokens, so no proxy stands in between.
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

    /// <summary>The service asks its callers for tokens of the issuer, and carries one itself where it calls.</summary>
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
