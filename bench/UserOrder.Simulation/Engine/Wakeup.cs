namespace UserOrder.Simulation.Engine;

/// <summary>Wakes one waiting process; many calls of <see cref="Set"/> before one waits count as one.</summary>
internal sealed class Wakeup(Simulator simulator)
{
    private readonly Queue<Completion> _waiting = new();
    private bool _isSet;

    public void Set()
    {
        if (_waiting.TryDequeue(out var first))
        {
            first.Complete();
        }
        else
        {
            _isSet = true;
        }
    }

    public async Task WaitAsync()
    {
        if (!_isSet)
        {
            var completion = new Completion(simulator);
            _waiting.Enqueue(completion);
            await completion;
            return;
        }

        _isSet = false;
    }
}
