namespace UserOrder.Tests.Model;

/// <summary>The promises of the protocol.</summary>
internal sealed class Invariants(Bounds bounds)
{
    public const string Lost = "A request was answered with 201, and its entity is lost.";
    public const string CarriedOutTwice = "A request was carried out twice.";
    public const string AppliedTwice = "An effect was applied twice.";
    public const string Unaccounted = "An event is in no place that accounts for it.";

    /// <summary>The promise that a state breaks; null if it breaks none.</summary>
    public string? FindViolation(State state)
    {
        for (var i = 0; i < bounds.Events; i++)
        {
            var it = state[i];
            var violation = it switch
            {
                { Client: Client.Created, Entities: 0 } => Lost,
                { Entities: > 1 } => CarriedOutTwice,
                { Effects: > 1 } => AppliedTwice,
                { Entities: 1 } when !IsAccountedFor(state, i) => Unaccounted,
                _ => null,
            };
            if (violation is not null)
            {
                return violation;
            }
        }

        return null;
    }

    /// <summary>Whether every request was answered with 201, every effect is applied or discarded, and nothing is under way.</summary>
    public bool IsSettled(State state)
    {
        for (var i = 0; i < bounds.Events; i++)
        {
            var it = state[i];
            var isDone = it is { Client: Client.Created, Row: Row.Absent, Ready: 0, DeadLetters: 0 } && (it.Effects == 1 || it.IsDiscarded);
            var isUnderWay = false;
            for (var replica = 0; replica < 2; replica++)
            {
                isUnderWay |= it.Request(replica) != Request.None || it.Lane(replica) != Lane.None || it.Delivery(replica) != Delivery.None;
            }

            if (!isDone || isUnderWay)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether an event waits in the outbox, in the queue, unacknowledged at the broker, or among the dead letters, or has taken effect,
    /// or an operator has discarded it.
    /// </summary>
    private bool IsAccountedFor(State state, int index)
    {
        var it = state[index];
        var receiver = bounds.IsUser(index) ? 2 : 0;
        return it.Row != Row.Absent
            || it.Ready > 0
            || IsUnacknowledged(state, it, receiver)
            || IsUnacknowledged(state, it, receiver + 1)
            || it.DeadLetters > 0
            || it.Effects > 0
            || it.IsDiscarded;
    }

    private static bool IsUnacknowledged(State state, EventState it, int replica) =>
        it.Delivery(replica) != Delivery.None && !state.IsCutOff(replica);
}
