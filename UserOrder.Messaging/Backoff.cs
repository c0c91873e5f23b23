namespace UserOrder.Messaging;

/// <summary>
/// Growing pauses between attempts: from 100 ms, doubled each time up to 5 s, with up to a quarter of random jitter so that replicas do
/// not come back in step.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    /// <summary>True until the first pause after the start or a <see cref="Reset"/>: the moment to log a change of state.</summary>
    public bool IsFirst => _next == First;

    public void Reset() => _next = First;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var delay = _next * (1 + (Random.Shared.NextDouble() / 4));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return Task.Delay(delay, time, cancellationToken);
    }
}
