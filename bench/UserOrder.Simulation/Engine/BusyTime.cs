namespace UserOrder.Simulation.Engine;

/// <summary>
/// How long a process that takes what is there, one batch after the other, was at its limit. It is busy all the time under any load, with small
/// batches; only full ones tell that it cannot keep up.
/// </summary>
internal sealed class BusyTime(Simulator simulator)
{
    private double _ended;
    private double? _begun;

    /// <summary>The seconds so far, those of what is under way included.</summary>
    public double Seconds => _ended + (simulator.Now - _begun ?? 0);

    /// <summary>A batch begins; it counts if it is full.</summary>
    public void Begin(bool isFull) => _begun = isFull ? simulator.Now : null;

    public void End()
    {
        _ended = Seconds;
        _begun = null;
    }
}
