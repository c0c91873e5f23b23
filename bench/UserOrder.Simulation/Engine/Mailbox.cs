namespace UserOrder.Simulation.Engine;

/// <summary>A queue between processes: they put something in, wait for something, and take what is there.</summary>
internal sealed class Mailbox<TItem>(Simulator simulator)
{
    private readonly Queue<TItem> _items = new();
    private readonly Queue<Completion> _waiting = new();

    public int Count => _items.Count;

    /// <summary>Puts something in, and wakes one of those who wait.</summary>
    public void Add(TItem item)
    {
        _items.Enqueue(item);
        if (_waiting.TryDequeue(out var first))
        {
            first.Complete();
        }
    }

    /// <summary>Waits until there is something. Who has waited must take it: nobody else is woken for it.</summary>
    public async Task WaitAsync()
    {
        while (_items.Count == 0)
        {
            var arrival = new Completion(simulator);
            _waiting.Enqueue(arrival);
            await arrival;
        }
    }

    /// <summary>Takes what is there, oldest first.</summary>
    public List<TItem> Take(int limit)
    {
        var taken = new List<TItem>(Math.Min(limit, _items.Count));
        while (taken.Count < limit && _items.TryDequeue(out var item))
        {
            taken.Add(item);
        }

        return taken;
    }
}
