using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using RabbitMQ.Client;

namespace UserOrder.AppHost.LocalServers;

/// <summary>Runs installed servers in place of containers, in run mode only: the published manifest stays the same.</summary>
internal static class LocalServerExtensions
{
    /// <summary>Runs the installed RabbitMQ if the graph runs without containers.</summary>
    public static IResourceBuilder<RabbitMQServerResource> RunAsLocalServer(this IResourceBuilder<RabbitMQServerResource> broker)
    {
        if (Servers.Of(broker.ApplicationBuilder).Data is { } data)
        {
            broker.ReplaceContainer(data, "rabbitmq.sh", "RABBITMQ_DATA", LoginToBrokerAsync)
                .WithPortOf("tcp", "RABBITMQ_NODE_PORT")
                .WithPortOf("management", "RABBITMQ_MANAGEMENT_PORT")
                .WithHttpEndpoint(name: "metrics", env: "RABBITMQ_PROMETHEUS_PORT", isProxied: false)
                .WithEndpoint(name: "distribution", env: "RABBITMQ_DIST_PORT", isProxied: false)
                .WithEndpoint(name: "epmd", env: "ERL_EPMD_PORT", isProxied: false)
                .WithUrlForEndpoint("metrics", url => (url.Url, url.DisplayText) = ($"{url.Url}/metrics", "Metrics"))
                .WithUrlForEndpoint("distribution", ShowInDetails)
                .WithUrlForEndpoint("epmd", ShowInDetails);
        }

        return broker;
    }

    /// <summary>Runs the installed PostgreSQL if the graph runs without containers.</summary>
    public static IResourceBuilder<PostgresServerResource> RunAsLocalServer(this IResourceBuilder<PostgresServerResource> server)
    {
        if (Servers.Of(server.ApplicationBuilder).Data is { } data)
        {
            server.ReplaceContainer(data, "postgres.sh", "PGDATA", LoginToServerAsync).WithPortOf("tcp", "PGPORT");
        }

        return server;
    }

    private static IResourceBuilder<LocalServerResource> ReplaceContainer<T>(
        this IResourceBuilder<T> builder,
        DataFolder data,
        string script,
        string folderVariable,
        Func<string, CancellationToken, Task> login)
        where T : ContainerResource
    {
        var (graph, container) = (builder.ApplicationBuilder, builder.Resource);

        // The image makes it a container. Its health check waits for an event that Aspire publishes only for resources in the model.
        foreach (var annotation in container.Annotations.Where(IsContainerOnly).ToList())
        {
            container.Annotations.Remove(annotation);
        }

        graph.Resources.Remove(container);
        var server = new LocalServerResource(container, Path.Combine(graph.AppHostDirectory, "LocalServers", script));
        var check = $"{server.Name}_login";
        graph.Services.AddHealthChecks().AddAsyncCheck(check, cancellationToken => server.CheckAsync(login, cancellationToken));
        graph.PassStateToDatabases(server);
        return graph.AddResource(server)
            .WithArgs(script)
            .WithEnvironment(folderVariable, data.For(container.Annotations.OfType<ContainerMountAnnotation>().Single().Source!))
            .WithHealthCheck(check);
    }

    private static bool IsContainerOnly(IResourceAnnotation annotation) => annotation is ContainerImageAnnotation or HealthCheckAnnotation;

    /// <summary>Removes the proxy: the server listens on the port of its clients, by default a free one.</summary>
    private static IResourceBuilder<LocalServerResource> WithPortOf(
        this IResourceBuilder<LocalServerResource> server, string endpoint, string variable) =>
        server
            .WithEndpoint(endpoint, annotation =>
            {
                annotation.TargetPort = null;
                annotation.IsProxied = false;
            })
            .WithEnvironment(variable, server.GetEndpoint(endpoint).Property(EndpointProperty.TargetPort));

    private static void ShowInDetails(ResourceUrlAnnotation url) => url.DisplayLocation = UrlDisplayLocation.DetailsOnly;

    /// <summary>Copies the state of the server to its databases. Aspire does so for containers only.</summary>
    private static void PassStateToDatabases(this IDistributedApplicationBuilder graph, LocalServerResource server)
    {
        graph.Eventing.Subscribe<ConnectionStringAvailableEvent>(server, async (available, cancellationToken) =>
        {
            foreach (var database in Databases())
            {
                await graph.Eventing.PublishAsync(new ConnectionStringAvailableEvent(database, available.Services), cancellationToken);
            }
        });
        graph.Eventing.Subscribe<InitializeResourceEvent>(server, async (initialize, cancellationToken) =>
        {
            await foreach (var change in initialize.Notifications.WatchAsync(cancellationToken))
            {
                if (change.Resource == server)
                {
                    var isStarting = change.Snapshot.State?.Text == KnownResourceStates.Running
                        && change.Snapshot.HealthStatus != HealthStatus.Healthy;
                    foreach (var database in Databases())
                    {
                        await initialize.Notifications.PublishUpdateAsync(database, snapshot => snapshot with
                        {
                            State = isStarting ? KnownResourceStates.Starting : change.Snapshot.State,
                            StartTimeStamp = change.Snapshot.StartTimeStamp,
                            StopTimeStamp = change.Snapshot.StopTimeStamp,
                        });
                    }
                }
            }
        });

        IEnumerable<IResource> Databases() =>
            graph.Resources.OfType<IResourceWithParent>().Where(child => child.Parent == server.Container);
    }

    /// <summary>Polls within one check, because Aspire repeats a failed check only after seconds.</summary>
    private static async Task<HealthCheckResult> CheckAsync(
        this LocalServerResource server, Func<string, CancellationToken, Task> login, CancellationToken cancellationToken)
    {
        var (patience, pause) = (TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(200));
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                var connectionString = await server.ConnectionStringExpression.GetValueAsync(cancellationToken);
                await login(connectionString!, cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                if (TimeProvider.System.GetElapsedTime(start) > patience)
                {
                    return HealthCheckResult.Unhealthy(exception.Message, exception);
                }
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    private static async Task LoginToBrokerAsync(string connectionString, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(connectionString), AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
    }

    private static async Task LoginToServerAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection($"{connectionString};Database=postgres;Pooling=false;Timeout=5");
        await connection.OpenAsync(cancellationToken);
    }
}
