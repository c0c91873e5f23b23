using UserOrder.AppHost.LocalServers;

namespace UserOrder.AppHost.Graph;

/// <summary>The servers of the graph. Their choices keep the published manifest clean for aspirate.</summary>
internal static class ServerExtensions
{
    /// <summary>RabbitMQ with its management pages and its messages on a named volume.</summary>
    public static IResourceBuilder<RabbitMQServerResource> AddMessageBroker(this IDistributedApplicationBuilder graph, string name) =>
        graph.AddRabbitMQ(name, password: graph.AddPassword(name))
            .WithManagementPlugin()
            .WithUrlForEndpoint("management", url => url.DisplayText = "Management")
            .WithDataVolume($"userorder-{name}")
            .RunAsLocalServer();

    /// <summary>A PostgreSQL server for one service. The server itself creates the database, wherever the manifest goes.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddServiceDatabase(this IDistributedApplicationBuilder graph, string server, string database) =>
        graph.AddPostgres(server, password: graph.AddPassword(server))
            .WithEnvironment("POSTGRES_DB", database)
            .WithDataVolume($"userorder-{server}")
            .RunAsLocalServer()
            .AddDatabase(database);
}
