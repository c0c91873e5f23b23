namespace UserOrder.Tests.Model;

/// <summary>
/// The relay of a replica publishes an event from the memory of its commit, or from a due row, which it claims by deleting it in an open
/// transaction. The row leaves the outbox only after the broker's confirm.
/// </summary>
internal static class RelaySteps
{
    public const string Takes = "{0} takes {1} from memory and publishes it";
    public const string Drops = "{0} leaves {1} to the outbox, because its term is over";
    public const string Claims = "{0} claims the row of {1} and publishes it";
    public const string Deletes = "{0} deletes the row of the confirmed {1}";
    public const string HasLostClaim = "{0} no longer owns the row of {1}";
    public const string Keeps = "{0} keeps {1} for another attempt";
    public const string DeletionFails = "the database refuses the deletion of {1} to {0}";
    public const string BecomesDue = "the row of {1} becomes due";

    public static void AddTo(Steps steps)
    {
        var (it, replica) = (steps.Event, steps.Replica);
        var (lane, isClaimed) = (it.Lane(replica), it.Row == EventState.ClaimedBy(replica));

        // A waiting row was handed over with the event, unless another replica has put it back meanwhile. Then its deletion after the
        // confirm does no harm.
        var owns = isClaimed || it.Row == Row.Waiting;
        var left = it.With(replica, Lane.None);
        switch (lane)
        {
            case Lane.None when it.Row == Row.Due:
                steps.Add(Claims, it.With(replica, Lane.Published) with { Row = EventState.ClaimedBy(replica) });
                break;
            case Lane.HandedOver when it.Row == Row.Waiting:
                steps.Add(Takes, it.With(replica, Lane.Published));
                break;
            case Lane.HandedOver:
                steps.Add(Drops, left);
                break;
            case Lane.Confirmed when owns:
                steps.Add(Deletes, left with { Row = Row.Absent });
                steps.AddFault(DeletionFails, left with { Row = isClaimed ? Row.Due : Row.Waiting });
                break;
            case Lane.Refused when owns:
                steps.Add(Keeps, left with { Row = Row.Waiting });
                break;
            case Lane.Confirmed or Lane.Refused:
                steps.Add(HasLostClaim, left);
                break;
        }
    }

    /// <summary>Time passes. A replica that is awake settles what it has in memory before the row is due.</summary>
    public static void AddTimeTo(Steps steps)
    {
        var it = steps.Event;
        if (it.Row == Row.Waiting && !IsUnderWay(steps, steps.Replica) && !IsUnderWay(steps, steps.Replica ^ 1))
        {
            steps.Add(BecomesDue, it with { Row = Row.Due });
        }
    }

    private static bool IsUnderWay(Steps steps, int replica) => steps.Event.Lane(replica) != Lane.None && !steps.From.IsFrozen(replica);
}
