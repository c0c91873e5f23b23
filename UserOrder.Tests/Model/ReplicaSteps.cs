namespace UserOrder.Tests.Model;

/// <summary>What happens to a whole replica, to the broker, or to a database.</summary>
internal static class ReplicaSteps
{
    public const string Crashes = "{0} crashes and starts again";
    public const string Freezes = "{0} freezes";
    public const string WakesUp = "{0} wakes up";
    public const string TransactionEnds = "the database ends the open transactions of {0}";
    public const string LosesBroker = "{0} loses its connections to the broker";
    public const string BrokerRestarts = "the broker restarts";
    public const string RowReturns = "the database of the sender crashes and returns the deleted row of {1}";

    public static void AddTo(Steps steps)
    {
        var (state, replica) = (steps.From, steps.Replica);
        if (state.IsFrozen(replica))
        {
            steps.Add(WakesUp, state.WithFrozen(replica, false));
            if (EndTransactions(state, steps.Bounds, replica) is var ended && ended != state)
            {
                steps.Add(TransactionEnds, ended);
            }
        }
    }

    public static void AddFaultsTo(Steps steps)
    {
        var (state, replica) = (steps.From, steps.Replica);
        var crashed = Crash(state, steps.Bounds, replica);
        steps.AddFault(Crashes, crashed);

        // A replica with nothing in hand may freeze later as well: meanwhile it would take no step.
        if (!state.IsFrozen(replica) && crashed != state)
        {
            steps.AddFault(Freezes, state.WithFrozen(replica, true));
            steps.AddFault(LosesBroker, LoseBroker(state, steps.Bounds, replica));
        }
    }

    public static void AddBrokerTo(Steps steps)
    {
        var state = steps.From;
        for (var replica = 0; replica < State.Replicas; replica++)
        {
            state = LoseBroker(state, steps.Bounds, replica);
        }

        steps.AddFault(BrokerRestarts, state);
    }

    /// <summary>The commit of a deletion does not wait for the disk.</summary>
    public static void AddDatabaseTo(Steps steps)
    {
        var it = steps.Event;
        if (it is { Row: Row.Absent, Entities: > 0 })
        {
            steps.AddFault(RowReturns, it with { Row = Row.Due });
        }
    }

    /// <summary>Memory is lost, open transactions roll back, and unacknowledged messages return to their queue.</summary>
    private static State Crash(State state, Bounds bounds, int replica)
    {
        state = BrokerSteps.TakeBack(EndTransactions(state, bounds, replica), bounds, replica);
        for (var i = 0; i < bounds.Events; i++)
        {
            var it = state[i];
            state[i] = bounds.IsSender(replica, i)
                ? it.With(replica, Request.None).With(replica, Lane.None) with
                {
                    Client = it.Client == EventState.WaitsFor(replica) ? Client.Idle : it.Client,
                }
                : it.With(replica, Delivery.None);
        }

        return state.WithFrozen(replica, false).WithCutOff(replica, false);
    }

    private static State EndTransactions(State state, Bounds bounds, int replica)
    {
        for (var i = 0; i < bounds.Events; i++)
        {
            var it = state[i];
            if (bounds.IsSender(replica, i) && it.Row == EventState.ClaimedBy(replica))
            {
                state[i] = it with { Row = Row.Due };
            }
            else if (!bounds.IsSender(replica, i) && ConsumerSteps.IsInTransaction(it, replica))
            {
                state[i] = it.With(replica, Delivery.Received);
            }
        }

        return state;
    }

    /// <summary>Published events get no confirm, those in memory are left to the outbox, and deliveries return to their queue.</summary>
    private static State LoseBroker(State state, Bounds bounds, int replica)
    {
        state = BrokerSteps.TakeBack(state, bounds, replica);
        for (var i = 0; i < bounds.Events; i++)
        {
            if (bounds.IsSender(replica, i))
            {
                state[i] = state[i].Lane(replica) switch
                {
                    Lane.HandedOver => state[i].With(replica, Lane.None),
                    Lane.Published => state[i].With(replica, Lane.Refused),
                    _ => state[i],
                };
            }
        }

        return state;
    }
}
