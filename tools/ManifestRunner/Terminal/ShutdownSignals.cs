using System.Runtime.InteropServices;
using UserOrder.ManifestRunner.CommandLine;

namespace UserOrder.ManifestRunner.Terminal;

/// <summary>Turns the first Ctrl-C, SIGTERM or SIGHUP into a request to stop, and the second into an end at once.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations;

    public ShutdownSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
    ];

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Completes when the user asks to stop.</summary>
    public Task Requested => _requested.Task;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _cancellation.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_requested.TrySetResult())
        {
            // The watchdog kills whatever is still running.
            Environment.Exit(ExitCodes.Interrupted);
        }

        _cancellation.Cancel();
    }
}
