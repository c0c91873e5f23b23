namespace UserOrder.Tests.Model;

/// <summary>
/// A replica of the receiver applies a delivered event: one transaction commits inbox row and effect. Then it acknowledges the message. An
/// event whose handler fails waits for another attempt, and becomes a dead letter after the last one.
/// </summary>
internal static class ConsumerSteps
{
    public const string WritesInbox = "{0} writes the inbox row of {1}";
    public const string SkipsDuplicate = "{0} skips {1}, which is in the inbox";
    public const string WritesEffect = "{0} writes the effect of {1}";
    public const string Commits = "{0} commits inbox row and effect of {1}";
    public const string Acknowledges = "{0} acknowledges {1}";
    public const string Retries = "{0} tries {1} again";
    public const string MakesDeadLetter = "{0} publishes {1} as a dead letter, and the broker confirms it";
    public const string Drops = "{0} drops its delivery of {1}, because the channel is lost";
    public const string OpensChannel = "{0} opens another consuming channel";
    public const string HandlerFails = "the handler of {0} fails for {1}";
    public const string HandlerFailsForGood = "the handler of {0} fails for {1} for the last time";
    public const string RollsBack = "the database rolls back the transaction of {0} for {1}";
    public const string CommitsUnknown = "the database commits inbox row and effect of {1} without an answer to {0}";
    public const string DeadLetterIsRefused = "the dead letters of {0} have no room for {1}";
    public const string DeadLetterConfirmIsLost = "the broker stores {1} as a dead letter, and its confirm does not reach {0}";
    public const string PutsLast = "the dead letters have no room, and {0} puts {1} at the end of its queue";

    public static void AddTo(Steps steps)
    {
        var (it, replica) = (steps.Event, steps.Replica);
        switch (it.Delivery(replica))
        {
            case Delivery.Received when it.IsInInbox:
                steps.Add(SkipsDuplicate, it.With(replica, Delivery.Settled));
                break;
            case Delivery.Received when !IsInTransaction(it, replica ^ 1):
                steps.Add(WritesInbox, it.With(replica, Delivery.InboxWritten));
                break;
            case Delivery.InboxWritten:
                steps.Add(WritesEffect, it.With(replica, Delivery.EffectWritten));
                steps.AddFault(HandlerFails, it.With(replica, Delivery.Postponed));
                steps.AddFault(HandlerFailsForGood, it.With(replica, Delivery.Condemned));
                break;
            case Delivery.EffectWritten:
                var applied = it with { IsInInbox = true, Effects = it.Effects + 1 };
                steps.Add(Commits, applied.With(replica, Delivery.Settled));
                steps.AddFault(RollsBack, it.With(replica, Delivery.Received));
                steps.AddFault(CommitsUnknown, applied.With(replica, Delivery.Received));
                break;
            case Delivery.Postponed:
                steps.Add(Retries, it.With(replica, Delivery.Received));
                break;
            case Delivery.Condemned:
                var dead = it with { DeadLetters = it.DeadLetters + 1 };
                steps.Add(MakesDeadLetter, dead.With(replica, Delivery.Settled));
                steps.AddFault(DeadLetterIsRefused, it.With(replica, Delivery.Postponed));
                steps.AddFault(DeadLetterConfirmIsLost, dead.With(replica, Delivery.Postponed));
                steps.AddFault(PutsLast, it.With(replica, Delivery.Settled) with { Ready = it.Ready + 1 });
                break;
            case Delivery.Settled when !steps.From.IsCutOff(replica):
                steps.Add(Acknowledges, it.With(replica, Delivery.None));
                break;
        }

        if (steps.From.IsCutOff(replica) && it.Delivery(replica) is Delivery.Received or Delivery.Postponed or Delivery.Settled)
        {
            steps.Add(Drops, it.With(replica, Delivery.None));
        }
    }

    /// <summary>Reopens a lost channel after the deliveries of the old one have ended.</summary>
    public static void AddChannelTo(Steps steps)
    {
        if (steps.From.IsCutOff(steps.Replica) && !BrokerSteps.HasDeliveries(steps.From, steps.Bounds, steps.Replica))
        {
            steps.Add(OpensChannel, steps.From.WithCutOff(steps.Replica, false));
        }
    }

    public static bool IsInTransaction(EventState it, int replica) =>
        it.Delivery(replica) is Delivery.InboxWritten or Delivery.EffectWritten;
}
