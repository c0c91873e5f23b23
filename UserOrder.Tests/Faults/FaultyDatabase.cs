using Npgsql;
using UserOrder.Processes;
using UserOrder.Processes.Servers;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Faults;

/// <summary>A PostgreSQL of the faulty system: the graph's own until its standby is promoted, then that one.</summary>
internal sealed class FaultyDatabase : IAsyncDisposable
{
    private readonly LocalGraph _graph;
    private readonly string _resource;
    private readonly IReadOnlyList<TcpProxy> _links;
    private int _port;
    private PostgresServer? _promoted;
    private PostgresServer? _standby;

    /// <param name="graph">The graph that runs the server at first.</param>
    /// <param name="resource">The server's name in the graph.</param>
    /// <param name="database">The connection string of the database's administrator.</param>
    /// <param name="links">The links by which the services reach the server.</param>
    public FaultyDatabase(LocalGraph graph, string resource, string database, IEnumerable<TcpProxy> links)
    {
        var login = new NpgsqlConnectionStringBuilder(database);
        var link = new TcpProxy("localhost", login.Port);
        (_graph, _resource, _links, _port) = (graph, resource, [.. links, link], login.Port);

        // Pooled connections would not survive the crash of a server.
        (login.Host, login.Port, login.Pooling) = ("127.0.0.1", link.Port, false);
        Administrator = login.ConnectionString;
        Source = NpgsqlDataSource.Create(login);
    }

    /// <summary>The test's own connections, which no fault of a path affects.</summary>
    public NpgsqlDataSource Source { get; }

    private string Administrator { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public Task KillAsync() => _promoted?.KillAsync() ?? _graph.KillAsync(_resource, Cancelled);

    public Task StartAsync() => _promoted?.StartAsync() ?? _graph.StartAsync(_resource, Cancelled);

    public void Pause() => Send(Signal.Stop);

    public void Resume() => Send(Signal.Continue);

    /// <summary>Adds a synchronous standby and freezes it, so that no commit ends.</summary>
    public async Task FreezeStandbyAsync()
    {
        _standby = await SynchronousStandby.StartAsync(Administrator, _port);
        ProcessFamily.Send(_standby.ProcessId, Signal.Stop);
    }

    /// <summary>Kills the server, promotes its standby and leads every link to it.</summary>
    public async Task FailOverAsync()
    {
        var standby = _standby ?? throw new InvalidOperationException($"{_resource} has no standby.");
        await KillAsync();
        ProcessFamily.Send(standby.ProcessId, Signal.Continue);
        await SynchronousStandby.PromoteAsync(standby);
        _port = standby.Port;
        foreach (var link in _links)
        {
            link.LeadTo(_port);
        }

        await (_promoted?.DisposeAsync() ?? ValueTask.CompletedTask);
        (_promoted, _standby) = (standby, null);
    }

    public async ValueTask DisposeAsync()
    {
        Source.Dispose();
        await _links[^1].DisposeAsync();
        foreach (var server in new[] { _standby, _promoted })
        {
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private void Send(Signal signal)
    {
        if (_promoted is not null)
        {
            ProcessFamily.Send(_promoted.ProcessId, signal);
        }
        else if (signal == Signal.Stop)
        {
            _graph.Pause(_resource);
        }
        else
        {
            _graph.Resume(_resource);
        }
    }
}
