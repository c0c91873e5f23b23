using UserOrder.ManifestRunner.Evaluation;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Processes;
using UserOrder.ManifestRunner.Resources;

namespace UserOrder.ManifestRunner.Graph;

/// <summary>
/// The graph of an Aspire manifest, running as processes of this machine: projects as they were built, RabbitMQ and
/// PostgreSQL containers as private instances of the installed servers. Nothing of it outlives this process.
/// </summary>
public sealed class ManifestGraph : IAsyncDisposable
{
    private const int DefaultTailLines = 50;

    private readonly ResourceContext _context;
    private readonly Dictionary<string, GraphResource> _resources;
    private readonly DashboardResource? _dashboard;
    private readonly IssuerResource? _issuer;

    private ManifestGraph(ResourceContext context)
    {
        _context = context;
        _resources = context.Manifest.Runnable.ToDictionary(entry => entry.Name, entry => ResourceFactory.Create(entry.Name, context));
        _dashboard = context.Options.Dashboard is { } options ? new DashboardResource(options, context) : null;
        if (context.Options.Issuer is { } issuer)
        {
            _issuer = new IssuerResource(issuer, context);
            context.IssuerEnvironment = _issuer.ProjectEnvironment;
        }
    }

    /// <summary>The names of the resources that run, in the manifest's order.</summary>
    public IReadOnlyCollection<string> Resources => _resources.Keys;

    /// <summary>The folder of the log files, one a resource.</summary>
    public string LogFolder => _context.Data.LogFolder;

    /// <summary>The dashboard's address with its login token; <c>null</c> if no dashboard runs.</summary>
    public Uri? DashboardUrl => _dashboard is { State: ResourceState.Running } ? _dashboard.LoginUrl : null;

    /// <summary>The address of the issuer of access tokens; <c>null</c> if none was asked for.</summary>
    public Uri? IssuerUrl => _issuer is null ? null : new Uri(_issuer.Url);

    /// <summary>Why the dashboard that was asked for does not run; <c>null</c> if it does or none was asked for.</summary>
    public string? DashboardFailure { get; private set; }

    /// <summary>Where the dashboard takes telemetry over HTTP, and with which key; <c>null</c> if no dashboard runs.</summary>
    internal OtlpExporter? DashboardOtlpHttp =>
        _dashboard is { State: ResourceState.Running } ? new OtlpExporter(_dashboard.OtlpHttpUrl, _dashboard.Exporter.ApiKey) : null;

    internal AppManifest Manifest => _context.Manifest;

    internal EndpointMap Endpoints => _context.Endpoints;

    internal string ParametersFile => _context.Data.ParametersFile;

    /// <summary>Starts a manifest's resources, servers before the projects that refer to them, and waits until all are healthy.</summary>
    /// <param name="options">What to run and how.</param>
    /// <param name="cancellationToken">Cancels the start; what runs by then is stopped.</param>
    /// <exception cref="RunnerException">
    /// The manifest cannot be run here, a port is taken, or a resource did not become healthy; the message says which and why,
    /// with the end of its log. What had started is stopped.
    /// </exception>
    public static async Task<ManifestGraph> StartAsync(ManifestGraphOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
        {
            throw new RunnerException("The manifest runner needs Linux. Elsewhere: dotnet run --project UserOrder.AppHost");
        }

        var graph = await CreateAsync(options);
        try
        {
            await graph.StartAllAsync(cancellationToken);
            return graph;
        }
        catch
        {
            await graph.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where an endpoint of a resource listens; it stays there when the resource is restarted.</summary>
    /// <exception cref="RunnerException">There is no such endpoint.</exception>
    public Uri GetEndpoint(string resource, string endpoint = "http") => new(_context.Endpoints[resource, endpoint].Url);

    /// <summary>Where Prometheus finds the metrics of a broker.</summary>
    /// <exception cref="RunnerException">There is no such resource, or it is no broker.</exception>
    public Uri GetMetricsUrl(string resource) =>
        (Find(resource) as RabbitMqResource)?.MetricsUrl ?? throw new RunnerException($"'{resource}' offers no metrics of its own.");

    /// <summary>The connection string of a container or of a value such as a database.</summary>
    /// <exception cref="RunnerException">The manifest has no such resource, or it has no connection string.</exception>
    public string GetConnectionString(string resource) => _context.Evaluator.ConnectionString(resource);

    /// <summary>The state of a resource.</summary>
    /// <exception cref="RunnerException">There is no such resource.</exception>
    public ResourceState GetState(string resource) => Find(resource).State;

    /// <summary>The last lines that a resource wrote, at most 200.</summary>
    /// <exception cref="RunnerException">There is no such resource.</exception>
    public string LogTail(string resource, int lines = DefaultTailLines) => Find(resource).Log.Tail(lines);

    /// <summary>The id of a running resource's main process, which is also the id of its session.</summary>
    /// <exception cref="RunnerException">There is no such resource, or it does not run.</exception>
    public int GetProcessId(string resource) => Find(resource).ProcessId ?? throw new RunnerException($"{resource} does not run.");

    /// <summary>Starts a stopped, killed or exited resource on its former ports and data, and waits until it is healthy.</summary>
    /// <exception cref="RunnerException">
    /// There is no such resource, or it did not become healthy; then the message ends with its last log lines.
    /// </exception>
    public Task StartAsync(string resource, CancellationToken cancellationToken = default) => Find(resource).StartAsync(cancellationToken);

    /// <summary>Stops a resource in good order. If it does not end in time it is killed, as its log says then.</summary>
    /// <exception cref="RunnerException">There is no such resource.</exception>
    public Task StopAsync(string resource, CancellationToken cancellationToken = default) => Find(resource).StopAsync(cancellationToken);

    /// <summary>Kills a resource with all its processes, as a power failure would.</summary>
    /// <exception cref="RunnerException">There is no such resource.</exception>
    public Task KillAsync(string resource, CancellationToken cancellationToken = default) => Find(resource).KillAsync(cancellationToken);

    /// <summary>Freezes a resource: its connections stay open, but nothing answers.</summary>
    /// <exception cref="RunnerException">There is no such resource.</exception>
    public void Pause(string resource) => Find(resource).Pause();

    /// <summary>Lets a frozen resource go on.</summary>
    /// <exception cref="RunnerException">There is no such resource.</exception>
    public void Resume(string resource) => Find(resource).Resume();

    /// <summary>Stops everything in good order: the projects first, so that they can finish their work, then the servers.</summary>
    public async Task StopAllAsync()
    {
        await Task.WhenAll(Projects.Select(project => project.StopAsync(CancellationToken.None)));
        await Task.WhenAll(Servers.Select(server => server.StopAsync(CancellationToken.None)));
    }

    /// <summary>Stops everything and deletes a temporary data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_context.Data.IsTemporary)
        {
            // Servers whose data is about to be deleted have nothing to put in order.
            await Task.WhenAll(Projects.Select(project => project.StopAsync(CancellationToken.None)));
        }
        else
        {
            await StopAllAsync();
        }

        foreach (var resource in Projects.Concat(Servers))
        {
            await resource.DisposeAsync();
        }

        await _context.Watchdog.DisposeAsync();
        _context.Endpoints.Dispose();
        _context.Data.Dispose();
    }

    private IEnumerable<GraphResource> Projects => _resources.Values.OfType<ProjectResource>();

    private IEnumerable<GraphResource> Servers =>
        [.. _resources.Values.Except(Projects), .. new GraphResource?[] { _dashboard, _issuer }.OfType<GraphResource>()];

    private static async Task<ManifestGraph> CreateAsync(ManifestGraphOptions options)
    {
        var manifest = AppManifest.Load(options.ManifestPath);
        var data = options.DataFolder is { } path ? DataFolder.Open(path, options.Fresh) : DataFolder.CreateTemporary();
        var watchdog = ProcessWatchdog.Start();
        EndpointMap? endpoints = null;
        try
        {
            endpoints = EndpointMap.Allocate(manifest, options.Ports, options.EphemeralPorts);
            var parameters = new ParameterValues(manifest, options.Parameters, data.ParametersFile);
            var evaluator = new ManifestEvaluator(manifest, endpoints, parameters.Get);
            return new ManifestGraph(new ResourceContext(manifest, evaluator, endpoints, data, watchdog, options));
        }
        catch
        {
            await watchdog.DisposeAsync();
            endpoints?.Dispose();
            data.Dispose();
            throw;
        }
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        var dependencies = StartOrder.Dependencies(_context.Manifest);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dashboard = StartDashboardAsync(abort.Token);
        var starts = new Dictionary<string, Task>();
        try
        {
            await (_issuer?.StartAsync(cancellationToken) ?? Task.CompletedTask);
            await foreach (var start in Task.WhenEach(_resources.Keys.Select(Start)).WithCancellation(cancellationToken))
            {
                await start;
            }
        }
        catch
        {
            await abort.CancelAsync();
            await Task.WhenAll(starts.Values.Append(dashboard)).ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }

        Task Start(string name)
        {
            if (!starts.TryGetValue(name, out var start))
            {
                start = StartAfterAsync([.. dependencies[name].Select(Start)], name);
                starts[name] = start;
            }

            return start;
        }

        async Task StartAfterAsync(Task[] required, string name)
        {
            await Task.WhenAll(required);
            if (_resources[name] is ProjectResource)
            {
                // Only now is it known whether there is anybody to deliver telemetry to.
                await dashboard;
            }

            await _resources[name].StartAsync(abort.Token);
        }
    }

    private async Task StartDashboardAsync(CancellationToken cancellationToken)
    {
        if (_dashboard is null)
        {
            return;
        }

        try
        {
            await _dashboard.StartAsync(cancellationToken);
            _context.Otlp ??= _dashboard.Exporter;
        }
        catch (RunnerException exception)
        {
            // Telemetry is worth much, but not the whole graph.
            DashboardFailure = exception.Message;
        }
    }

    private GraphResource Find(string name) => _resources.GetValueOrDefault(name)
        ?? throw new RunnerException($"No resource '{name}' runs here. There are: {string.Join(", ", _resources.Keys)}.");
}
