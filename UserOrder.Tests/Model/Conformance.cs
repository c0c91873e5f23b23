using UserOrder.Messaging.Resilience;

namespace UserOrder.Tests.Model;

/// <summary>Decides whether a recorded run is a run of the model.</summary>
internal static class Conformance
{
    // The load may cost an event a connection, or a replica its turn, besides the recorded crashes.
    private const int MaxSilentFaults = 2;

    /// <summary>The rules whose steps a fail point records.</summary>
    private static readonly Dictionary<string, string[]> RulesOf = new()
    {
        [FailPoint.RequestReceived] = [ClientSteps.Sends],
        [FailPoint.RequestCommitted] = [RequestSteps.Commits, RequestSteps.CommitsWithoutHandOver],
        [FailPoint.RelayTaken] = [RelaySteps.Takes],
        [FailPoint.RelayClaimed] = [RelaySteps.Claims],
        [FailPoint.RelayConfirmed] = [BrokerSteps.Confirms],
        [FailPoint.RelayCommitted] = [RelaySteps.Deletes],
        [FailPoint.RelaySwept] = [RelaySteps.Deletes, RelaySteps.HasLostClaim],
        [FailPoint.ConsumerReceived] = [BrokerSteps.Delivers, ConsumerSteps.Retries],
        [FailPoint.ConsumerInboxWritten] = [ConsumerSteps.WritesInbox],
        [FailPoint.ConsumerEffectWritten] = [ConsumerSteps.WritesEffect],
        [FailPoint.ConsumerCommitted] = [ConsumerSteps.Commits],
        [FailPoint.ConsumerAcknowledged] = [ConsumerSteps.Acknowledges],
        [FailPoint.DeadLetterConfirmed] = [ConsumerSteps.MakesDeadLetter],
    };

    /// <summary>The rules whose steps have no fail point. A replica that gets no processor for seconds is frozen, too.</summary>
    private static readonly HashSet<string> Silent =
    [
        RequestSteps.Answers,
        RequestSteps.Fails,
        RequestSteps.CommitsUnknown,
        RelaySteps.BecomesDue,
        RelaySteps.Drops,
        RelaySteps.Keeps,
        RelaySteps.HasLostClaim,
        RelaySteps.DeletionFails,
        BrokerSteps.Refuses,
        BrokerSteps.ConfirmIsLost,
        BrokerSteps.TakesBack,
        ConsumerSteps.SkipsDuplicate,
        ConsumerSteps.RollsBack,
        ConsumerSteps.CommitsUnknown,
        ConsumerSteps.Drops,
        ConsumerSteps.OpensChannel,
        ReplicaSteps.Freezes,
        ReplicaSteps.WakesUp,
        ReplicaSteps.TransactionEnds,
        ReplicaSteps.LosesBroker,
    ];

    /// <summary>
    /// Searches for a run of the model with the recorded steps, and the silent ones in between, at whose end a committed event has taken
    /// effect. A killed process may have taken one step more than it recorded.
    /// </summary>
    public static bool IsRun(RecordedRun run) => Enumerable.Range(0, MaxSilentFaults + 1).Any(faults => Find(run, faults));

    private static bool Find(RecordedRun run, int silentFaults)
    {
        var protocol = new Protocol(new Bounds(Users: 1, Orders: 0));
        var seen = new HashSet<(State, int, string)>();
        var open = new Stack<Node>();
        open.Push(new Node(protocol.Start, new int[run.Threads.Count], silentFaults));
        while (open.TryPop(out var at))
        {
            if (at.Faults < 0 || !seen.Add((at.State, at.Faults, string.Join(' ', at.Position))))
            {
                continue;
            }

            if (IsEnd(run, at.Position) && at.State[0] is { Entities: 0 } or { Effects: 1 })
            {
                return true;
            }

            foreach (var next in Next(protocol, run, at))
            {
                open.Push(next);
            }
        }

        return false;
    }

    private static List<Node> Next(Protocol protocol, RecordedRun run, Node at)
    {
        var next = new List<Node>();
        var afterCrash = Enumerable.Repeat(at.State, State.Replicas).ToArray();
        foreach (var step in protocol.StepsFrom(at.State, withFaults: true))
        {
            var silent = at with { State = step.Next, Faults = step.IsFault ? at.Faults - 1 : at.Faults };
            if (step.Rule == ReplicaSteps.Crashes)
            {
                afterCrash[step.Replica] = step.Next;
            }
            else if (Silent.Contains(step.Rule))
            {
                next.Add(silent);
            }

            foreach (var (point, _) in RulesOf.Where(rules => rules.Value.Contains(step.Rule)))
            {
                var thread = RecordedRun.ThreadOf(step.Replica, point);
                var recorded = PointAt(run, at.Position, thread);
                if (recorded == point)
                {
                    next.Add(silent with { Position = Advance(at.Position, thread) });
                }
                else if (recorded == RecordedRun.Killed)
                {
                    next.Add(silent);
                }
            }
        }

        // The client library sends an acknowledgement later, so a kill may prevent it.
        next.AddRange(
            from thread in Enumerable.Range(0, at.Position.Length)
            where PointAt(run, at.Position, thread) == FailPoint.ConsumerAcknowledged
            let after = Advance(at.Position, thread)
            where PointAt(run, after, thread) == RecordedRun.Killed
            select at with { Position = after });

        // The crash of a replica with nothing in hand changes nothing, and is no step of the model.
        next.AddRange(
            from replica in Enumerable.Range(0, State.Replicas)
            let threads = new[] { 2 * replica, (2 * replica) + 1 }
            where threads.All(thread => PointAt(run, at.Position, thread) == RecordedRun.Killed)
            select at with { State = afterCrash[replica], Position = Advance(at.Position, threads) });
        return next;
    }

    private static bool IsEnd(RecordedRun run, int[] position) =>
        position.Index().All(thread => thread.Item == run.Threads[thread.Index].Count);

    private static string? PointAt(RecordedRun run, int[] position, int thread) =>
        run.Threads[thread] is var points && position[thread] < points.Count ? points[position[thread]] : null;

    private static int[] Advance(int[] position, params ReadOnlySpan<int> threads)
    {
        var advanced = (int[])position.Clone();
        foreach (var thread in threads)
        {
            advanced[thread]++;
        }

        return advanced;
    }

    /// <param name="State">The state of the model.</param>
    /// <param name="Position">How many points of each thread have been passed.</param>
    /// <param name="Faults">The faults that are left.</param>
    private readonly record struct Node(State State, int[] Position, int Faults);
}
