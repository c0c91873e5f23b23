namespace UserOrder.Bench.Contestants;

/// <summary>Counts what takes effect from a moment on.</summary>
internal abstract class EffectWatch : IAsyncDisposable
{
    /// <summary>How many events have taken effect.</summary>
    public abstract Task<long> CountAsync();

    /// <summary>Whether anything is still on its way. Cheap, as it is asked while that is so.</summary>
    public abstract Task<bool> IsAnythingLeftAsync();

    /// <summary>The events that have taken effect.</summary>
    /// <exception cref="BenchException">There are none.</exception>
    public abstract Task<Effects> ReadAsync();

    /// <summary>Ends the watch.</summary>
    public abstract ValueTask DisposeAsync();
}
