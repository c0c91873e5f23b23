namespace UserOrder.Tests.Model;

/// <summary>The broker stores published messages in the queue of the receiver, answers, and delivers them to any of its replicas.</summary>
internal static class BrokerSteps
{
    public const string Confirms = "the broker stores {1} and confirms it to {0}";
    public const string Returns = "no queue is bound, and the broker returns {1} to {0}";
    public const string Refuses = "the queue is full, and the broker refuses {1} to {0}";
    public const string ConfirmIsLost = "the broker stores {1}, and its confirm does not reach {0}";
    public const string Delivers = "the broker delivers {1} to {0}";
    public const string GivesUp = "the broker makes a dead letter of {1} after too many deliveries";
    public const string TakesBack = "the broker misses the heartbeats of {0} and takes back its deliveries";

    /// <summary>The broker's answers to a replica of the sender, awake or not.</summary>
    public static void AddAnswersTo(Steps steps)
    {
        var (it, replica) = (steps.Event, steps.Replica);
        if (it.Lane(replica) == Lane.Published)
        {
            steps.Add(Confirms, it.With(replica, Lane.Confirmed) with { Ready = it.Ready + 1 });
            steps.AddFault(Returns, it.With(replica, Lane.Refused));
            steps.AddFault(Refuses, it.With(replica, Lane.Refused));
            steps.AddFault(ConfirmIsLost, it.With(replica, Lane.Refused) with { Ready = it.Ready + 1 });
        }
    }

    /// <summary>Deliveries to a replica of the receiver.</summary>
    public static void AddDeliveriesTo(Steps steps)
    {
        var (it, replica) = (steps.Event, steps.Replica);
        if (it.Ready > 0 && it.Delivery(replica) == Delivery.None && !steps.From.IsCutOff(replica))
        {
            steps.Add(Delivers, it.With(replica, Delivery.Received) with { Ready = it.Ready - 1 });
        }
    }

    /// <summary>The delivery limit of the queue.</summary>
    public static void AddLimitTo(Steps steps)
    {
        var it = steps.Event;
        if (it.Ready > 0)
        {
            steps.AddFault(GivesUp, it with { Ready = it.Ready - 1, DeadLetters = it.DeadLetters + 1 });
        }
    }

    /// <summary>The end of the patience with a frozen replica.</summary>
    public static void AddTimeTo(Steps steps)
    {
        if (TakeBack(steps.From, steps.Bounds, steps.Replica) is var next && next != steps.From)
        {
            steps.Add(TakesBack, next);
        }
    }

    /// <summary>Makes every message ready again that a replica has not acknowledged. The replica keeps its deliveries in memory.</summary>
    public static State TakeBack(State state, Bounds bounds, int replica)
    {
        for (var i = 0; i < bounds.Events && !state.IsCutOff(replica); i++)
        {
            if (!bounds.IsSender(replica, i) && state[i].Delivery(replica) != Delivery.None)
            {
                state[i] = state[i] with { Ready = state[i].Ready + 1 };
            }
        }

        return state.WithCutOff(replica, state.IsCutOff(replica) || HasDeliveries(state, bounds, replica));
    }

    public static bool HasDeliveries(State state, Bounds bounds, int replica)
    {
        for (var i = 0; i < bounds.Events; i++)
        {
            if (!bounds.IsSender(replica, i) && state[i].Delivery(replica) != Delivery.None)
            {
                return true;
            }
        }

        return false;
    }
}
