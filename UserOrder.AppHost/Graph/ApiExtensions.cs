using System.Reflection;
using System.Runtime.InteropServices;
using UserOrder.AppHost.Options;

namespace UserOrder.AppHost.Graph;

/// <summary>The services of the graph, and what each of them is given.</summary>
internal static class ApiExtensions
{
    private const int HttpsPortOffset = 1000;
    private const string TargetFramework = "net10.0";

    private static readonly string Configuration =
        typeof(ApiExtensions).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    // A program that was built for a framework looks for it here, wherever the SDK is installed.
    private static readonly string DotnetRoot = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>A service that is reached from outside on <paramref name="port"/>, with an icon of Fluent UI in the dashboard.</summary>
    public static IResourceBuilder<ProjectResource> AddApi<TProject>(this IDistributedApplicationBuilder graph, string name, int port, string icon)
        where TProject : IProjectMetadata, new()
    {
        var api = graph.AddProject<TProject>(name, project => project.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(graph.PortOf(name, port), name: "http")
            .WithExternalHttpEndpoints()
            .WithHttpHealthCheck("/health", endpointName: "http")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/swagger", DisplayText = "API page" })
            .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery);

        if (graph.ExecutionContext.IsPublishMode)
        {
            // Running, Aspire's proxy takes the port and the replicas get others. Published, nothing stands in between.
            return api.WithEndpoint("http", endpoint => endpoint.TargetPort = port);
        }

        api.RunBuiltProgram()
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", graph.Environment.EnvironmentName)
            .WithIconName(icon);
        return graph.IsServedOverHttps() ? api.WithHttpsEndpoint(graph.PortOf(name, port) + HttpsPortOffset, name: "https") : api.WithoutHttpsCertificate();
    }

    /// <summary>Starts the program that the build made, without <c>dotnet run</c> around it: one process less to start, wait for and stop.</summary>
    public static IResourceBuilder<ProjectResource> RunBuiltProgram(this IResourceBuilder<ProjectResource> project)
    {
        var file = project.Resource.GetProjectMetadata().ProjectPath;
        var folder = Path.GetDirectoryName(file)!;
        return project
            .WithAnnotation(new ExecutableAnnotation
            {
                Command = Path.Combine(folder, "bin", Configuration, TargetFramework, Path.GetFileNameWithoutExtension(file)),
                WorkingDirectory = folder,
            })
            .WithEnvironment("DOTNET_ROOT", DotnetRoot)

            // The instrumentation for it takes CPU time at a start and pays only under a lasting load.
            .WithEnvironment("DOTNET_TieredPGO", "0");
    }

    /// <summary>The service gets its own login, which it creates with the administrator's: a user that may use its own queues and events only.</summary>
    public static IResourceBuilder<ProjectResource> WithMessageBroker(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<RabbitMQServerResource> broker)
    {
        var (graph, user, name) = (api.ApplicationBuilder, api.Resource.Name, broker.Resource.Name);
        var server = broker.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort);
        var management = broker.GetEndpoint("management").Property(EndpointProperty.HostAndPort);
        var password = graph.AddPassword($"{user}-{name}");
        var login = graph.AddConnectionString($"{user}-{name}", ReferenceExpression.Create($"amqp://{user}:{password}@{server}")).WithHidden();
        return api
            .WithReference(login, connectionName: name)
            .WithEnvironment($"ConnectionStrings__{name}-management", $"http://guest:{broker.Resource.PasswordParameter}@{management}")
            .WaitFor(broker);
    }

    /// <summary>The service gets its own role, which it creates as the database's owner at its start: a role that may use the tables and nothing else.</summary>
    public static IResourceBuilder<ProjectResource> WithDatabase(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<PostgresDatabaseResource> database)
    {
        var (graph, user, name) = (api.ApplicationBuilder, api.Resource.Name, database.Resource.Name);
        var role = user.Replace('-', '_');
        var server = database.Resource.Parent.PrimaryEndpoint;
        var (host, port) = (server.Property(EndpointProperty.Host), server.Property(EndpointProperty.Port));
        var password = graph.AddPassword($"{user}-{name}");
        var login = graph.AddConnectionString(
            $"{user}-{name}", ReferenceExpression.Create($"Host={host};Port={port};Username={role};Password={password};Database={name}")).WithHidden();
        return api
            .WithReference(login, connectionName: name)
            .WithEnvironment($"ConnectionStrings__{name}-owner", database)
            .WaitFor(database);
    }

    /// <summary>The services do as the dashboard does: the launch profile <c>https</c> needs the development certificate, the default one does not.</summary>
    private static bool IsServedOverHttps(this IDistributedApplicationBuilder graph) =>
        graph.Configuration["ASPNETCORE_URLS"]?.Contains("https://", StringComparison.OrdinalIgnoreCase) == true;
}
