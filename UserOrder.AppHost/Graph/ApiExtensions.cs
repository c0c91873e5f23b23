using System.Reflection;
using UserOrder.AppHost.Options;
using UserOrder.Processes;

namespace UserOrder.AppHost.Graph;

/// <summary>Adds the services of the graph and their logins.</summary>
internal static class ApiExtensions
{
    private const int HttpsPortOffset = 1000;

    private static readonly string Configuration =
        typeof(ApiExtensions).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>Adds a service with an external endpoint on <paramref name="port"/> and a Fluent UI icon in the dashboard.</summary>
    public static IResourceBuilder<ProjectResource> AddApi<TProject>(
        this IDistributedApplicationBuilder graph, string name, int port, string icon)
        where TProject : IProjectMetadata, new()
    {
        var api = graph.AddProject<TProject>(name, project => project.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(graph.PortOf(name, port), name: "http")
            .WithExternalHttpEndpoints()
            .WithHttpHealthCheck("/health", endpointName: "http")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/swagger", DisplayText = "API page" })
            .WithReferenceEnvironment(
                ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery);

        if (graph.ExecutionContext.IsPublishMode)
        {
            // In run mode Aspire's proxy owns the port and the service gets another one. A published service has no proxy.
            return api.WithEndpoint("http", endpoint => endpoint.TargetPort = port);
        }

        api.RunBuiltProgram()
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", graph.Environment.EnvironmentName)
            .WithIconName(icon);
        return graph.IsServedOverHttps()
            ? api.WithHttpsEndpoint(graph.PortOf(name, port) + HttpsPortOffset, name: "https")
            : api.WithoutHttpsCertificate();
    }

    /// <summary>Starts the built program directly instead of through <c>dotnet run</c>, which saves a process.</summary>
    /// <param name="project">The project.</param>
    /// <param name="configuration">The configuration of the build, by default the AppHost's own.</param>
    /// <param name="checkout">The folder of the checkout with the build, by default the project's own.</param>
    public static IResourceBuilder<ProjectResource> RunBuiltProgram(
        this IResourceBuilder<ProjectResource> project, string? configuration = null, string? checkout = null)
    {
        var file = project.Resource.GetProjectMetadata().ProjectPath;
        var own = Path.GetDirectoryName(file)!;
        var folder = checkout is null ? own : Path.Combine(checkout, Path.GetFileName(own));
        var output = DotnetFolders.OutputOf(folder, configuration ?? Configuration);
        return project
            .WithAnnotation(new ExecutableAnnotation
            {
                Command = Path.Combine(output, Path.GetFileNameWithoutExtension(file)),
                WorkingDirectory = folder,
            })
            .WithEnvironment("DOTNET_ROOT", DotnetFolders.Root)

            // Tiered PGO costs CPU time at startup and pays off only under sustained load.
            .WithEnvironment("DOTNET_TieredPGO", "0");
    }

    /// <summary>
    /// Gives the service its own broker user, limited to its own queues and events. The service creates the user with the
    /// administrator's login.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithMessageBroker(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<RabbitMQServerResource> broker)
    {
        var (graph, user, name) = (api.ApplicationBuilder, api.Resource.Name, broker.Resource.Name);
        var server = broker.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort);
        var management = broker.GetEndpoint("management").Property(EndpointProperty.HostAndPort);
        var password = graph.AddPassword($"{user}-{name}");
        var login = graph.AddConnectionString($"{user}-{name}", ReferenceExpression.Create($"amqp://{user}:{password}@{server}"))
            .WithHidden();
        return api
            .WithReference(login, connectionName: name)
            .WithEnvironment($"ConnectionStrings__{name}-management", $"http://guest:{broker.Resource.PasswordParameter}@{management}")
            .WaitFor(broker);
    }

    /// <summary>
    /// Gives the service its own database role, limited to its tables. The service creates the role with the owner's login when it
    /// starts.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithDatabase(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<PostgresDatabaseResource> database)
    {
        var (graph, user, name) = (api.ApplicationBuilder, api.Resource.Name, database.Resource.Name);
        var role = user.Replace('-', '_');
        var server = database.Resource.Parent.PrimaryEndpoint;
        var (host, port) = (server.Property(EndpointProperty.Host), server.Property(EndpointProperty.Port));
        var password = graph.AddPassword($"{user}-{name}");
        var login = graph.AddConnectionString(
            $"{user}-{name}",
            ReferenceExpression.Create($"Host={host};Port={port};Username={role};Password={password};Database={name}")).WithHidden();
        return api
            .WithReference(login, connectionName: name)
            .WithEnvironment($"ConnectionStrings__{name}-owner", database)
            .WaitFor(database);
    }

    /// <summary>
    /// The services follow the dashboard: only the launch profile <c>https</c> needs the development certificate.
    /// </summary>
    private static bool IsServedOverHttps(this IDistributedApplicationBuilder graph) =>
        graph.Configuration["ASPNETCORE_URLS"]?.Contains("https://", StringComparison.OrdinalIgnoreCase) == true;
}
