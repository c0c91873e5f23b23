using System.Runtime.CompilerServices;

namespace UserOrder.Simulation.Engine;

/// <summary>What one process waits for and another, or the clock, completes.</summary>
internal sealed class Completion(Simulator simulator) : INotifyCompletion
{
    private Action? _continuation;

    public bool IsCompleted { get; private set; }

    public void Complete()
    {
        IsCompleted = true;
        if (_continuation is { } continuation)
        {
            _continuation = null;
            simulator.Schedule(continuation);
        }
    }

    public Completion GetAwaiter() => this;

    public void OnCompleted(Action continuation) => _continuation = _continuation is null
        ? continuation
        : throw new InvalidOperationException("A completion has one process that waits for it.");

    /// <summary>Ends an await; there is no result.</summary>
    public void GetResult()
    {
    }
}
