using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Messaging;

/// <summary>A replica of <see cref="CountingService"/> whose connections go through proxies.</summary>
internal sealed class CountingReplica : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _database;
    private readonly Uri _broker;
    private readonly Random _random;

    private CountingReplica(string name, string database, Uri broker, Random random)
    {
        var server = new NpgsqlConnectionStringBuilder(database);
        ToDatabase = new TcpProxy(server.Host!, server.Port);
        ToBroker = new TcpProxy(broker.Host, broker.Port);
        _name = name;
        _database = new NpgsqlConnectionStringBuilder(database) { Host = "localhost", Port = ToDatabase.Port }.ConnectionString;
        _broker = new UriBuilder(broker) { Host = "localhost", Port = ToBroker.Port }.Uri;
        _random = random;
    }

    public IHost Host { get; private set; } = null!;

    public TcpProxy ToDatabase { get; }

    public TcpProxy ToBroker { get; }

    /// <summary>Whether it knows that an operator has paused the consumer.</summary>
    public bool IsPaused =>
        Host.Services.GetRequiredService<ConsumedQueues>().Of(CountingService.QueueOf(_name)).Pause.IsPaused;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<CountingReplica> StartAsync(string name, string database, Uri broker, Random random)
    {
        var replica = new CountingReplica(name, database, broker, random);
        await replica.StartAsync();
        return replica;
    }

    /// <summary>Stops the service and starts it again.</summary>
    public async Task RestartAsync()
    {
        var old = Host;
        await old.StopAsync(Cancelled);
        await StartAsync();
        old.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync(Cancelled);
        Host.Dispose();
        await ToBroker.DisposeAsync();
        await ToDatabase.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var host = await CountingService.BuildAsync(_name, _database, _broker, failures: _random.Next());
        await host.StartAsync(Cancelled);
        Host = host;
    }
}
