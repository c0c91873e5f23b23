namespace UserOrder.Messaging.Pausing;

/// <summary>Lets one consumer or the relay follow what an operator wants. It is safe for concurrent use.</summary>
internal sealed class PauseSwitch
{
    private volatile TaskCompletionSource _changed = NewSignal();
    private volatile PauseState? _state;

    /// <summary>The latest known state; null until the table has been read. Nothing may run before.</summary>
    public PauseState? State => _state;

    public bool IsPaused => _state is { IsPaused: true };

    public void Set(PauseState state)
    {
        _state = state;
        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
    }

    public Task WaitUntilPausedAsync(CancellationToken cancellationToken) => WaitAsync(isPaused: true, cancellationToken);

    public Task WaitUntilRunningAsync(CancellationToken cancellationToken) => WaitAsync(isPaused: false, cancellationToken);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WaitAsync(bool isPaused, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before the state, so that no change falls in between.
            var changed = _changed.Task;
            if (_state?.IsPaused == isPaused)
            {
                return;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }
}
