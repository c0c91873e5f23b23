namespace UserOrder.Bench.Contestants;

/// <summary>Counts the effects of events from a moment on.</summary>
internal abstract class EffectWatch : IAsyncDisposable
{
    /// <summary>0 if no event is on its way; else a number that changes when one arrives. Cheap, since it is asked until it is 0.</summary>
    public abstract Task<long> LeftAsync();

    /// <exception cref="BenchException">No event has taken effect.</exception>
    public abstract Task<Effects> ReadAsync();

    /// <summary>Ends the watch.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>The events that have taken effect in the order service, with the milliseconds from a user's creation to the effect.</summary>
internal sealed record Effects(long Count, DateTimeOffset Last, double LagP50, double LagP99);
