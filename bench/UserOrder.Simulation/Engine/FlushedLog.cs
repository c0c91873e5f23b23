namespace UserOrder.Simulation.Engine;

/// <summary>A write-ahead log. Who comes during a flush waits for the next one, which serves all of them.</summary>
internal sealed class FlushedLog(Simulator simulator, Disk disk)
{
    private List<Completion> _waiting = [];
    private bool _isFlushing;

    /// <summary>How often it was flushed.</summary>
    public long Flushes { get; private set; }

    /// <summary>Completes when everything written until now is on the disk.</summary>
    public Completion FlushAsync()
    {
        var completion = new Completion(simulator);
        _waiting.Add(completion);
        if (!_isFlushing)
        {
            simulator.Start(FlushWaitingAsync);
            _isFlushing = true;
        }

        return completion;
    }

    private async Task FlushWaitingAsync()
    {
        while (_waiting.Count > 0)
        {
            var group = _waiting;
            _waiting = [];
            Flushes++;
            await disk.FlushAsync();
            foreach (var completion in group)
            {
                completion.Complete();
            }
        }

        _isFlushing = false;
    }
}
