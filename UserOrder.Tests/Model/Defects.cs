namespace UserOrder.Tests.Model;

/// <summary>An error in the protocol, planted to show that the exploration finds it.</summary>
/// <param name="Note">What the changed steps do instead, in which <c>{0}</c> is the replica and <c>{1}</c> the event.</param>
/// <param name="Rules">The rules whose steps it changes.</param>
/// <param name="Change">The state after a changed step, from the state before and the step; null if the step never takes place.</param>
internal sealed record Defect(string Note, string[] Rules, Func<State, Step, State?> Change)
{
    /// <summary>The step as the defect leaves it; null if it never takes place.</summary>
    public Step? Apply(State before, Step step) =>
        !Rules.Contains(step.Rule) ? step
        : Change(before, step) is { } next ? step with { Rule = $"{step.Rule}; {Note}", Next = next }
        : null;
}

/// <summary>The planted errors, one for each protection of the protocol.</summary>
internal static class Defects
{
    private static readonly string[] Publishing = [RelaySteps.Takes, RelaySteps.Claims];
    private static readonly string[] Committing =
        [RequestSteps.Commits, RequestSteps.CommitsWithoutHandOver, RequestSteps.CommitsUnknown];

    private static readonly string[] Redelivering =
        [ReplicaSteps.Crashes, ReplicaSteps.LosesBroker, ReplicaSteps.BrokerRestarts, BrokerSteps.TakesBack];

    public static Defect AnswerBeforeCommit { get; } = InEvent(
        "{0} answers 201 at once", [ClientSteps.Sends], (_, after, _) => after with { Client = Client.Created });

    public static Defect NoIdempotencyRecord { get; } = InEvent(
        "the key is not stored", Committing, (_, after, _) => after with { HasKey = false });

    public static Defect NoTerm { get; } = Never(RelaySteps.BecomesDue);

    public static Defect DeleteBeforeConfirm { get; } = InEvent(
        "its row is deleted at once", Publishing, (_, after, _) => after with { Row = Row.Absent });

    public static Defect DropRefused { get; } = InEvent(
        "its row is deleted all the same", [RelaySteps.Keeps], (_, after, _) => after with { Row = Row.Absent });

    public static Defect NotMandatory { get; } = InEvent(
        "without the mandatory flag this is a confirm",
        [BrokerSteps.Returns],
        (_, after, replica) => after.With(replica, Lane.Confirmed));

    public static Defect TransientMessages { get; } = InAll(
        "transient messages are gone", [ReplicaSteps.BrokerRestarts], (_, after) => after with { Ready = 0 });

    public static Defect AcknowledgeBeforeCommit { get; } = InAll(
        "deliveries were acknowledged on arrival, so none returns",
        Redelivering,
        (before, after) => after with { Ready = before.Ready });

    public static Defect AcknowledgePostponed { get; } = new(
        "the acknowledgement covers all earlier messages",
        [ConsumerSteps.Acknowledges],
        (_, step) =>
        {
            var other = step.Next[step.Index ^ 1];
            return other.Delivery(step.Replica) == Delivery.Postponed
                ? step.Next.With(step.Index ^ 1, other.With(step.Replica, Delivery.None))
                : step.Next;
        });

    public static Defect NoInbox { get; } = InEvent(
        "the inbox keeps no row", [ConsumerSteps.Commits], (_, after, _) => after with { IsInInbox = false });

    public static Defect InboxCommittedFirst { get; } = InEvent(
        "it is committed before the effect", [ConsumerSteps.WritesInbox], (_, after, _) => after with { IsInInbox = true });

    public static Defect ReturnDuplicates { get; } = InEvent(
        "it returns {1} to the queue",
        [ConsumerSteps.SkipsDuplicate],
        (_, after, replica) => after.With(replica, Delivery.None) with { Ready = after.Ready + 1 });

    public static Defect NoRetry { get; } = Never(ConsumerSteps.Retries);

    public static Defect SettleBeforeDeadLetter { get; } = InEvent(
        "{0} does not wait for the answer",
        [ConsumerSteps.DeadLetterIsRefused],
        (_, after, replica) => after.With(replica, Delivery.Settled));

    /// <summary>Exchanges what a replay does first and last.</summary>
    public static Defect RemoveBeforeReplay { get; } = InEvent(
        "the dead letter is removed before its copy is published",
        [OperatorSteps.Replays, OperatorSteps.IsInterrupted, OperatorSteps.Removes],
        (before, after, _) =>
            !before.IsReplaying ? after with { Ready = before.Ready }
            : before.DeadLetters == after.DeadLetters ? after with { DeadLetters = before.DeadLetters - 1 }
            : after with { Ready = before.Ready + 1 });

    private static Defect InEvent(string note, string[] rules, Func<EventState, EventState, int, EventState> change) => new(
        note,
        rules,
        (before, step) => step.Next.With(step.Index, change(before[step.Index], step.Next[step.Index], step.Replica)));

    private static Defect InAll(string note, string[] rules, Func<EventState, EventState, EventState> change) => new(
        note,
        rules,
        (before, step) =>
        {
            var next = step.Next;
            for (var i = 0; i < State.MaxEvents; i++)
            {
                next[i] = change(before[i], next[i]);
            }

            return next;
        });

    private static Defect Never(string rule) => new("", [rule], (_, _) => null);
}
