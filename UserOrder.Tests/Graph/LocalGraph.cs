using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using UserOrder.Processes;

namespace UserOrder.Tests.Graph;

/// <summary>The graph of the AppHost, run by Aspire on free ports and empty data.</summary>
internal sealed partial class LocalGraph : IRunningGraph
{
    private const int LinesOfLog = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly DistributedApplication _app;
    private readonly TestVolumes _volumes;
    private readonly DirectoryInfo _folder;
    private readonly Action<UnexpectedExit>? _onUnexpectedExit;
    private readonly ConcurrentDictionary<string, ResourceEvent> _latest = new();
    private readonly ConcurrentDictionary<string, bool> _stopRequested = new();
    private readonly Dictionary<string, DateTime?> _ends = [];
    private readonly ConcurrentDictionary<string, Task> _logs = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;

    private LocalGraph(DistributedApplication app, TestVolumes volumes, DirectoryInfo folder, Action<UnexpectedExit>? onUnexpectedExit)
    {
        _app = app;
        _volumes = volumes;
        _folder = folder;
        _onUnexpectedExit = onUnexpectedExit;
        Directory.CreateDirectory(LogFolder);
        _watch = WatchAsync();
    }

    public string? RunsElsewhere => null;

    /// <summary>The folder with one log file for each resource.</summary>
    public string LogFolder => Path.Combine(_folder.FullName, "logs");

    public static async Task<LocalGraph> StartAsync(GraphOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("userorder-");
        string[] local = ServersOfThisMachine.ReasonToSkip() is null ? ["--servers=local"] : [];

        // Without an HTTP address the dashboard accepts telemetry over gRPC only. Aspire replaces the port with a random one.
        string[] dashboard = options.HasDashboard ? ["--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:4318"] : [];
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.UserOrder_AppHost>(
            [
                $"--data={Path.Combine(folder.FullName, "data")}",
                .. local,
                .. dashboard,
                .. options.Arguments,
                .. options.Parameters.Select(parameter => $"--Parameters:{parameter.Key}={parameter.Value}"),
            ],
            (application, _) => application.DisableDashboard = !options.HasDashboard,
            cancellationToken);
        var projects = GraphChanges.Apply(builder, options);
        options.Change?.Invoke(builder, Path.Combine(folder.FullName, "data"));
        var graph = new LocalGraph(
            await builder.BuildAsync(cancellationToken), TestVolumes.Replace(builder.Resources), folder, options.OnUnexpectedExit);
        try
        {
            await graph._app.StartAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
            foreach (var project in projects)
            {
                if (!options.StartedLater.Contains(project.Name))
                {
                    await graph.WaitUntilHealthyAsync(project.Name);
                }

                // A restarted service must not wait for servers that a test has stopped.
                foreach (var wait in project.Annotations.OfType<WaitAnnotation>().ToList())
                {
                    project.Annotations.Remove(wait);
                }
            }
        }
        catch
        {
            await graph.DisposeAsync();
            throw;
        }

        return graph;
    }

    public Uri GetUrl(string resource, string endpoint = "http") => _app.GetEndpoint(resource, endpoint);

    public async Task<string> GetConnectionStringAsync(string resource, CancellationToken cancellationToken) =>
        await _app.GetConnectionStringAsync(resource, cancellationToken) ??
        throw new InvalidOperationException($"{resource} has no connection string.");

    /// <summary>Gets a setting of the AppHost.</summary>
    public string GetSetting(string key) => _app.Services.GetRequiredService<IConfiguration>()[key]!;

    /// <summary>Whether a resource has exited without a request and has not been restarted.</summary>
    public bool HasCrashed(string resource) => HasEnded(_latest[resource].Snapshot) && !_stopRequested.ContainsKey(resource);

    public async Task StopAsync(string resource, CancellationToken cancellationToken)
    {
        _stopRequested[resource] = true;

        // Aspire's stop command kills a process that has not exited after 6 s, so send the signal directly.
        if (FindProcessId(resource) is { } id)
        {
            Signals.Send(id, Signal.Terminate);
        }
        else
        {
            await CommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
        }

        await WaitUntilEndedAsync(resource);
        if (_latest[resource].Snapshot.ExitCode is { } code and not 0)
        {
            _onUnexpectedExit?.Invoke(new UnexpectedExit(resource, WasRequested: true, code));
        }
    }

    public async Task KillAsync(string resource, CancellationToken cancellationToken)
    {
        _stopRequested[resource] = true;
        SendToFamily(resource, Signal.Kill);
        await WaitUntilEndedAsync(resource);
    }

    public async Task StartAsync(string resource, CancellationToken cancellationToken)
    {
        if (HasEnded(_latest[resource].Snapshot) || _latest[resource].Snapshot.State?.Text == KnownResourceStates.NotStarted)
        {
            await CommandAsync(resource, KnownResourceCommands.StartCommand, cancellationToken);
            await WaitUntilHealthyAsync(resource);
            _stopRequested.TryRemove(resource, out _);
        }
    }

    /// <summary>Freezes a resource: its connections stay open, but it does not respond.</summary>
    public void Pause(string resource) => SendToFamily(resource, Signal.Stop);

    /// <summary>Resumes a frozen resource.</summary>
    public void Resume(string resource) => SendToFamily(resource, Signal.Continue);

    /// <summary>The name of the Erlang node that a resource runs.</summary>
    public static string ErlangNameOf(string resource) => $"{resource}@localhost";

    /// <summary>Runs a command of <c>rabbitmqctl</c> on the broker of this graph.</summary>
    public Task RunBrokerCommandAsync(params string[] arguments) => RunOnBrokerNodeAsync("rabbitmq", "rabbitmqctl", arguments);

    /// <summary>Runs a command on a node of the broker's cluster.</summary>
    /// <param name="node">The resource that runs the node.</param>
    /// <param name="tool">A command-line tool of RabbitMQ, such as <c>rabbitmq-queues</c>.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public async Task RunOnBrokerNodeAsync(string node, string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo($"/usr/lib/rabbitmq/bin/{tool}", ["-n", ErlangNameOf(node), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["HOME"] = Path.Combine(_folder.FullName, "data", "userorder-rabbitmq"),
                ["ERL_EPMD_PORT"] = GetUrl("rabbitmq", "epmd").Port.ToString(CultureInfo.InvariantCulture),
            },
        };
        using var command = Process.Start(start)!;
        var output = await Task.WhenAll(command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync();
        Assert.True(command.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {string.Join('\n', output)}");
    }

    /// <summary>Runs a command of the dashboard, which must succeed.</summary>
    public async Task<ExecuteCommandResult> CommandAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await TryCommandAsync(resource, command, cancellationToken);
        Assert.True(result.Success, $"{command} of {resource}: {result.Message}");
        return result;
    }

    /// <summary>Runs a command of the dashboard.</summary>
    public Task<ExecuteCommandResult> TryCommandAsync(string resource, string command, CancellationToken cancellationToken) =>
        _app.ResourceCommands.ExecuteCommandAsync(resource, command, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watch;
        await Task.WhenAll(_logs.Values);
        await _app.DisposeAsync();
        await _volumes.DisposeAsync();
        _end.Dispose();
        _folder.Delete(recursive: true);
    }

    private static bool HasEnded(CustomResourceSnapshot latest) => KnownResourceStates.TerminalStates.Contains(latest.State?.Text);

    private void SendToFamily(string resource, Signal signal) =>
        ProcessFamily.Send(
            FindProcessId(resource) ?? throw new InvalidOperationException($"{resource} is not a process on this machine."), signal);

    private int? FindProcessId(string resource) =>
        _latest[resource].Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } id
            ? Convert.ToInt32(id, CultureInfo.InvariantCulture)
            : null;

    /// <summary>Records the latest state and the log of each resource, and reports unexpected exits.</summary>
    private async Task WatchAsync()
    {
        try
        {
            await foreach (var change in _app.ResourceNotifications.WatchAsync(_end.Token))
            {
                var name = change.Resource.Name;
                _latest[name] = change;
                if (change.Resource is not (ProjectResource or ExecutableResource))
                {
                    continue;
                }

                // Logs are found by the id of the instance, which differs from the name once the instance exists.
                if (change.ResourceId != name)
                {
                    _ = _logs.GetOrAdd(change.ResourceId, id => LogAsync(name, id));
                }

                // During a restart Aspire may report the exit of the previous process again.
                if (HasEnded(change.Snapshot) && _ends.GetValueOrDefault(name) != change.Snapshot.StopTimeStamp)
                {
                    _ends[name] = change.Snapshot.StopTimeStamp;
                    if (!_stopRequested.ContainsKey(name))
                    {
                        _onUnexpectedExit?.Invoke(new UnexpectedExit(name, WasRequested: false, change.Snapshot.ExitCode));
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The graph ends.
        }
    }

    private async Task LogAsync(string resource, string instance)
    {
        await using var stream = new FileStream(LogOf(resource), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await using var file = new StreamWriter(stream) { AutoFlush = true };
        var logs = _app.Services.GetRequiredService<ResourceLoggerService>();
        try
        {
            await foreach (var lines in logs.WatchAsync(instance).WithCancellation(_end.Token))
            {
                foreach (var line in lines)
                {
                    await file.WriteLineAsync(Timestamp().Replace(line.Content, ""));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The graph ends.
        }
    }

    private Task WaitUntilHealthyAsync(string resource) =>
        WaitAsync(
            resource,
            "is healthy",
            latest => latest.State?.Text == KnownResourceStates.Running && latest.HealthStatus == HealthStatus.Healthy);

    private Task WaitUntilEndedAsync(string resource) => WaitAsync(resource, "has ended", HasEnded);

    // StartAsync and StopAsync read _latest, so wait for it: Aspire's own wait may complete before WatchAsync has stored the state.
    private async Task WaitAsync(string resource, string what, Func<CustomResourceSnapshot, bool> isSatisfied)
    {
        var waited = Stopwatch.StartNew();
        while (_latest.GetValueOrDefault(resource)?.Snapshot is not { } latest || !isSatisfied(latest))
        {
            Assert.True(waited.Elapsed < Patience, $"Still not true: {resource} {what}. {Describe(resource)}");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The state of a resource, its health and the end of its log.</summary>
    private string Describe(string resource)
    {
        var latest = _latest.GetValueOrDefault(resource)?.Snapshot;
        var health = latest?.HealthReports.Select(report => $"{report.Name} {report.Status} {report.ExceptionText ?? report.Description}");
        var log = new FileInfo(LogOf(resource));
        var lines = log.Exists ? File.ReadLines(log.FullName).TakeLast(LinesOfLog) : ["It has written nothing."];
        return string.Join('\n', [$"It is {latest?.State?.Text}.", .. health ?? [], .. lines]);
    }

    private string LogOf(string resource) => Path.Combine(LogFolder, $"{resource}.log");

    /// <summary>The timestamp that Aspire prepends to each line.</summary>
    [GeneratedRegex(@"^\S+Z ")]
    private static partial Regex Timestamp();
}
