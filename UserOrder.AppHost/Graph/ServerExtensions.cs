using UserOrder.AppHost.LocalServers;

namespace UserOrder.AppHost.Graph;

/// <summary>Adds the servers of the graph, in a form that aspirate can deploy from the manifest.</summary>
internal static class ServerExtensions
{
    /// <summary>Adds RabbitMQ with its management pages and a named volume.</summary>
    public static IResourceBuilder<RabbitMQServerResource> AddMessageBroker(this IDistributedApplicationBuilder graph, string name) =>
        graph.AddRabbitMQ(name, password: graph.AddPassword(name))
            .WithManagementPlugin()
            .WithUrlForEndpoint("management", url => url.DisplayText = "Management")
            .WithDataVolume($"userorder-{name}")
            .RunAsLocalServer();

    /// <summary>Adds a PostgreSQL server for one service. The server creates the database itself in every environment.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddServiceDatabase(
        this IDistributedApplicationBuilder graph, string server, string database) =>
        graph.AddPostgres(server, password: graph.AddPassword(server))
            .WithEnvironment("POSTGRES_DB", database)
            .WithDataVolume($"userorder-{server}")
            .RunAsLocalServer()
            .AddDatabase(database);
}
