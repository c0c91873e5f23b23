using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>A resource that runs as local processes: starts, watches and stops them.</summary>
internal abstract class GraphResource(string name, ResourceKind kind, ResourceContext context) : IAsyncDisposable
{
    private const int ReportedLogLines = 25;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<ChildProcess> _processes = [];
    private volatile ResourceState _state;

    public string Name { get; } = name;

    public ResourceLog Log { get; } = new(name, kind, context.Data.LogFile(name), context.Options.LogSink);

    public ResourceState State => _state;

    /// <summary>The id of the process that matters; null while there is none.</summary>
    public int? ProcessId => Main is { Exited.IsCompleted: false } main ? main.Id : null;

    /// <summary>What is waited for until the resource counts as ready, as in "waited until …".</summary>
    protected abstract string ReadyCondition { get; }

    /// <summary>The signal that makes the program end in good order.</summary>
    protected abstract Signal StopSignal { get; }

    protected ResourceContext Context { get; } = context;

    private ChildProcess? Main => _processes.LastOrDefault();

    /// <summary>Starts the resource and waits until it is ready. Does nothing if it runs already.</summary>
    /// <exception cref="RunnerException">It ended early, or was not ready in time; the message ends with its last log lines.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_state == ResourceState.Running)
            {
                return;
            }

            await KillProcessesAsync();
            Enter(ResourceState.Starting);
            await LaunchAsync(cancellationToken);
            await WaitUntilReadyAsync(Main!, cancellationToken);
            Enter(ResourceState.Running);
            _ = WatchAsync(Main!);
        }
        catch (Exception exception)
        {
            // The exception travels on only when the rest of the graph has stopped; the remark is there at once.
            Enter(ResourceState.Stopping);
            await KillProcessesAsync();
            Enter(ResourceState.Stopped, exception is RunnerException ? exception.Message.Split('\n')[0] : null);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends the resource in good order; what does not end in time is killed, which the remark on its stop says.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            string? remark = null;
            if (Main is { Exited.IsCompleted: false } main)
            {
                Enter(ResourceState.Stopping);
                var grace = Context.Options.StopTimeout;
                remark = await main.StopAsync(StopSignal, grace, Context.Options.TimeProvider)
                    ? null
                    : $"killed, as it did not end within {grace.TotalSeconds:0} s";
            }

            await KillProcessesAsync();
            Enter(ResourceState.Stopped, remark);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Kills the resource with everything that it started, as a power failure would.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Main is not null)
            {
                Enter(ResourceState.Stopping);
                await KillProcessesAsync();
                Enter(ResourceState.Stopped);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Freezes the resource: its connections stay open, but nothing answers.</summary>
    public void Pause() => SendToAll(Signal.Stop);

    /// <summary>Lets a frozen resource go on.</summary>
    public void Resume() => SendToAll(Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        Log.Dispose();
        _gate.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the processes with <see cref="Launch"/>, the one that matters last.</summary>
    protected abstract Task LaunchAsync(CancellationToken cancellationToken);

    /// <returns>Why the resource is not ready yet, or <c>null</c> when it is.</returns>
    /// <exception cref="RunnerException">It will never be ready.</exception>
    protected abstract Task<string?> ProbeAsync(CancellationToken cancellationToken);

    protected void Launch(ProcessSpecification specification) =>
        _processes.Add(ChildProcess.Start(specification, Context.Watchdog, Log.Append));

    /// <summary>Runs a program of the server to its end.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="RunnerException">It failed.</exception>
    protected async Task<string> RunToolAsync(ProcessSpecification specification, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await ChildProcess.RunAsync(specification, Context.Watchdog, cancellationToken);
        return exitCode == 0
            ? output
            : throw new RunnerException($"{Name}: {Path.GetFileName(specification.FileName)} failed with exit code {exitCode}:\n{output}");
    }

    private async Task WaitUntilReadyAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Context.Options.StartTimeout, Context.Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        string? obstacle = null;
        try
        {
            while (!process.Exited.IsCompleted)
            {
                obstacle = await ProbeAsync(either.Token);
                if (obstacle is null)
                {
                    return;
                }

                await Task.WhenAny(process.Exited, Task.Delay(ProbeInterval, Context.Options.TimeProvider, either.Token));
                either.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var patience = Context.Options.StartTimeout.TotalSeconds;
            throw Failure($"was not ready within {patience:0} s: waited until {ReadyCondition}, but {obstacle ?? "got no answer"}");
        }

        throw Failure($"ended with exit code {await process.Exited} before it was ready");
    }

    /// <summary>The data was made with another password than the present one.</summary>
    protected RunnerException LoginRefused(string user, Exception? cause = null) => new(
        $"{Name} refuses the user '{user}' with the present password. " +
        "Kept data keeps its first password: give that one, or start with --fresh.",
        cause);

    private RunnerException Failure(string what) =>
        new($"{Name} {what}.\nThe end of its log, {Log.FilePath}:\n{Log.Tail(ReportedLogLines)}");

    private async Task WatchAsync(ChildProcess process)
    {
        var exitCode = await process.Exited;
        if (_state == ResourceState.Running && process == Main)
        {
            Enter(ResourceState.Exited, $"exit code {exitCode}");
        }
    }

    private void Enter(ResourceState state, string? remark = null)
    {
        if (_state != state)
        {
            _state = state;
            Context.Options.ResourceChanged?.Invoke(new ResourceChange(Name, state, remark));
        }
    }

    private async Task KillProcessesAsync()
    {
        await Task.WhenAll(_processes.Select(process => process.KillAsync()));
        _processes.Clear();
    }

    private void SendToAll(Signal signal)
    {
        foreach (var process in _processes.Where(process => !process.Exited.IsCompleted))
        {
            ProcessFamily.Send(process.Id, signal);
        }
    }
}
