using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

// The namespace of the method that stands in for Aspire.RabbitMQ.Client's, so that its callers need not change.
namespace Microsoft.Extensions.Hosting;

/// <summary>Takes the place of <c>Aspire.RabbitMQ.Client</c> where no package source carries it.</summary>
internal static class RabbitMQClientExtensions
{
    /// <summary>Registers an <see cref="IConnectionFactory"/> for the AMQP URI in <c>ConnectionStrings:{connectionName}</c>.</summary>
    public static void AddRabbitMQClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RabbitMQClientSettings> configureSettings,
        Action<ConnectionFactory> configureConnectionFactory)
    {
        var settings = new RabbitMQClientSettings { ConnectionString = builder.Configuration.GetConnectionString(connectionName) };
        configureSettings(settings);
        var factory = new ConnectionFactory { Uri = new Uri(settings.ConnectionString!) };
        configureConnectionFactory(factory);
        builder.Services.AddSingleton<IConnectionFactory>(factory);
    }
}

/// <summary>The settings that are used here. This stand-in does nothing that the last three would disable.</summary>
internal sealed class RabbitMQClientSettings
{
    public string? ConnectionString { get; set; }

    public bool DisableAutoActivation { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }
}
