namespace UserOrder.Simulation.Engine;

/// <summary>A queue between processes: many put something in, one waits and takes what is there.</summary>
internal sealed class Mailbox<TItem>(Simulator simulator)
{
    private readonly Queue<TItem> _items = new();
    private Completion? _arrival;

    public int Count => _items.Count;

    public void Add(TItem item)
    {
        _items.Enqueue(item);
        _arrival?.Complete();
    }

    /// <summary>Waits until there is something.</summary>
    public async Task WaitAsync()
    {
        while (_items.Count == 0)
        {
            _arrival = new Completion(simulator);
            await _arrival;
            _arrival = null;
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
