using System.Collections.Concurrent;
using System.Diagnostics;

namespace UserOrder.Tests.History;

/// <summary>Records the requests of concurrent clients.</summary>
internal sealed class HistoryRecorder
{
    private readonly ConcurrentQueue<Operation> _operations = new();
    private readonly ConcurrentQueue<(TimeSpan Start, TimeSpan End)> _failovers = new();
    private readonly long _origin = Stopwatch.GetTimestamp();
    private int _clients;

    /// <summary>The time since the start of the recorder, by a clock that only goes forward.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_origin);

    /// <summary>The number of another client, which must wait for each answer before its next request.</summary>
    public int NextClient() => Interlocked.Increment(ref _clients);

    public void Add(Operation operation) => _operations.Enqueue(operation);

    /// <summary>Records that a standby took over a database. It has all commits that were answered, and may lack others.</summary>
    /// <param name="start">The time before commits began to wait for the standby.</param>
    public void AddFailover(TimeSpan start) => _failovers.Enqueue((start, Now));

    /// <summary>The requests so far.</summary>
    public IEnumerable<Operation> Operations() => _operations.Select(operation =>
        operation is ReadOperation read && _failovers.Any(failover => read.Start <= failover.End && read.End >= failover.Start)
            ? read with { IsProvisional = true }
            : operation);
}
