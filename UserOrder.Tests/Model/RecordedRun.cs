using UserOrder.Messaging.Resilience;

namespace UserOrder.Tests.Model;

/// <summary>
/// The fail points that one event has passed, in the order in which each replica recorded them. A replica records a step after it, so the
/// order of two replicas is unknown, as is that of a request and the relay in one replica.
/// </summary>
internal sealed class RecordedRun
{
    /// <summary>The end of a killed process, in each of its threads. Its successor goes on in the same threads.</summary>
    public const string Killed = "killed";

    private readonly List<string>[] _threads = [.. Enumerable.Range(0, 2 * State.Replicas).Select(_ => new List<string>())];

    /// <summary>Two threads for each replica: the request's first, and that of the relay or the consumer.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Threads => _threads;

    /// <summary>Adds a fail point.</summary>
    /// <param name="replica">0 or 1 for the replicas of the event's sender, 2 or 3 for those of its receiver.</param>
    /// <param name="point">The fail point.</param>
    public void Add(int replica, string point) => _threads[ThreadOf(replica, point)].Add(point);

    public void AddKilled(int replica)
    {
        _threads[2 * replica].Add(Killed);
        _threads[(2 * replica) + 1].Add(Killed);
    }

    public static int ThreadOf(int replica, string point) =>
        (2 * replica) + (point is FailPoint.RequestReceived or FailPoint.RequestCommitted ? 0 : 1);

    public override string ToString() => string.Join(
        "; ",
        _threads.Index().Where(thread => thread.Item.Count > 0).Select(thread =>
            $"{(thread.Index < 4 ? "sender" : "receiver")} {(thread.Index / 2 % 2) + 1}: {string.Join(", ", thread.Item)}"));
}
