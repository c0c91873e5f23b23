namespace UserOrder.AppHost;

/// <summary>The kinds of resources in the graph. Their choices keep the published manifest clean for aspirate and the manifest runner.</summary>
internal static class GraphExtensions
{
    /// <summary>How far a service's HTTPS port is from its HTTP port.</summary>
    private const int HttpsPortOffset = 1000;

    public static IResourceBuilder<RabbitMQServerResource> AddMessageBroker(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddRabbitMQ(name, password: builder.AddPassword(name))
            .WithManagementPlugin()
            .WithDataVolume($"userorder-{name}");

    /// <summary>A server of its own for one service, with the database made by the server itself wherever the manifest goes.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddServiceDatabase(this IDistributedApplicationBuilder builder, string server, string database) =>
        builder.AddPostgres(server, password: builder.AddPassword(server))
            .WithEnvironment("POSTGRES_DB", database)
            .WithDataVolume($"userorder-{server}")
            .AddDatabase(database);

    /// <summary>A service that is reached from outside on <paramref name="port"/>.</summary>
    public static IResourceBuilder<ProjectResource> AddApi<TProject>(this IDistributedApplicationBuilder builder, string name, int port)
        where TProject : IProjectMetadata, new()
    {
        var api = builder.AddProject<TProject>(name, project => project.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(port, name: "http")
            .WithExternalHttpEndpoints()
            .WithHttpHealthCheck("/health", endpointName: "http")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/swagger", DisplayText = "API page" })
            .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery);

        if (builder.ExecutionContext.IsPublishMode)
        {
            // Running, Aspire's proxy takes the port and the replicas get others. Published, nothing stands in between.
            return api.WithEndpoint("http", endpoint => endpoint.TargetPort = port);
        }

        api.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName);
        return builder.IsServedOverHttps() ? api.WithHttpsEndpoint(port + HttpsPortOffset, name: "https") : api;
    }

    /// <summary>The services do as the dashboard does: the launch profile <c>https</c> needs the development certificate, the default one does not.</summary>
    private static bool IsServedOverHttps(this IDistributedApplicationBuilder builder) =>
        builder.Configuration["ASPNETCORE_URLS"]?.Contains("https://", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>
    /// The service gets a login of its own, which it makes itself with the administrator's: a user that may use its own queues and events only.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithMessageBroker(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<RabbitMQServerResource> broker)
    {
        var (graph, user, name) = (api.ApplicationBuilder, api.Resource.Name, broker.Resource.Name);
        var server = broker.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort);
        var management = broker.GetEndpoint("management").Property(EndpointProperty.HostAndPort);
        var password = graph.AddPassword($"{user}-{name}");
        var login = graph.AddConnectionString($"{user}-{name}", ReferenceExpression.Create($"amqp://{user}:{password}@{server}"));
        return api
            .WithReference(login, connectionName: name)
            .WithEnvironment($"ConnectionStrings__{name}-management", $"http://guest:{broker.Resource.PasswordParameter}@{management}")
            .WaitFor(broker);
    }

    /// <summary>
    /// The service gets a role of its own, which it makes itself as the database's owner at its start: one that may use the tables and nothing else.
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
            $"{user}-{name}", ReferenceExpression.Create($"Host={host};Port={port};Username={role};Password={password};Database={name}"));
        return api
            .WithReference(login, connectionName: name)
            .WithEnvironment($"ConnectionStrings__{name}-owner", database)
            .WaitFor(database);
    }

    /// <summary>Generated once and kept in the user secrets. Letters and digits only, so that it may stand in a URI as it is.</summary>
    private static IResourceBuilder<ParameterResource> AddPassword(this IDistributedApplicationBuilder builder, string resource) =>
        builder.AddParameter($"{resource}-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true);
}
