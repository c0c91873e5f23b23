namespace UserOrder.Tests.Model;

/// <summary>The exploration finds each planted error, with the fewest faults and steps. Otherwise it would prove nothing.</summary>
public sealed class DefectTests
{
    [Fact]
    public void An_answer_before_the_commit_loses_the_request() => AssertFound(
        Defects.AnswerBeforeCommit,
        """
            the client sends the request for user 1 to UserApi 1; UserApi 1 answers 201 at once
            A request was answered with 201, and its entity is lost.
            """);

    [Fact]
    public void Without_a_stored_key_a_repetition_is_carried_out_twice() => AssertFound(
        Defects.NoIdempotencyRecord,
        """
            the client sends the request for user 1 to UserApi 1
            FAULT: the database commits user 1 without an answer to UserApi 1, which answers 503; the key is not stored
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory; the key is not stored
            A request was carried out twice.
            """);

    [Fact]
    public void Without_a_term_the_events_of_a_crashed_replica_wait_forever() => AssertFound(
        Defects.NoTerm,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 answers 201 for user 1
            FAULT: UserApi 1 crashes and starts again
            It never settles: no step is left.
            """);

    [Fact]
    public void A_deletion_before_the_confirm_leaves_the_event_nowhere() => AssertFound(
        Defects.DeleteBeforeConfirm,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it; its row is deleted at once
            An event is in no place that accounts for it.
            """);

    [Fact]
    public void A_deletion_without_a_confirm_loses_the_event() => AssertFound(
        Defects.DropRefused,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            FAULT: UserApi 1 loses its connections to the broker
            UserApi 1 keeps user 1 for another attempt; its row is deleted all the same
            An event is in no place that accounts for it.
            """);

    [Fact]
    public void Without_the_mandatory_flag_an_unroutable_event_is_lost() => AssertFound(
        Defects.NotMandatory,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            FAULT: no queue is bound, and the broker returns user 1 to UserApi 1; without the mandatory flag this is a confirm
            UserApi 1 deletes the row of the confirmed user 1
            An event is in no place that accounts for it.
            """);

    [Fact]
    public void A_broker_restart_loses_transient_messages() => AssertFound(
        Defects.TransientMessages,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            the broker delivers user 1 to OrderApi 1
            FAULT: the broker restarts; transient messages are gone
            An event is in no place that accounts for it.
            """);

    [Fact]
    public void An_acknowledgement_before_the_commit_loses_the_event_in_a_crash() => AssertFound(
        Defects.AcknowledgeBeforeCommit,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            the broker delivers user 1 to OrderApi 1
            FAULT: OrderApi 1 crashes and starts again; deliveries were acknowledged on arrival, so none returns
            An event is in no place that accounts for it.
            """);

    [Fact]
    public void A_cumulative_acknowledgement_loses_a_postponed_event() => AssertFound(
        Defects.AcknowledgePostponed,
        """
            the client sends the request for user 1 to UserApi 1
            the client sends the request for user 2 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 commits user 2 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            UserApi 1 takes user 2 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            the broker stores user 2 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            the broker delivers user 1 to OrderApi 1
            the broker delivers user 2 to OrderApi 1
            OrderApi 1 writes the inbox row of user 1
            OrderApi 1 writes the inbox row of user 2
            OrderApi 1 writes the effect of user 2
            OrderApi 1 commits inbox row and effect of user 2
            FAULT: the handler of OrderApi 1 fails for user 1
            OrderApi 1 acknowledges user 2; the acknowledgement covers all earlier messages
            An event is in no place that accounts for it.
            """, users: 2);

    [Fact]
    public void Without_an_inbox_a_redelivered_event_is_applied_twice() => AssertFound(
        Defects.NoInbox,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            the broker delivers user 1 to OrderApi 1
            OrderApi 1 writes the inbox row of user 1
            OrderApi 1 writes the effect of user 1
            OrderApi 1 commits inbox row and effect of user 1; the inbox keeps no row
            FAULT: OrderApi 1 crashes and starts again
            the broker delivers user 1 to OrderApi 1
            OrderApi 1 writes the inbox row of user 1
            OrderApi 1 writes the effect of user 1
            OrderApi 1 commits inbox row and effect of user 1; the inbox keeps no row
            An effect was applied twice.
            """);

    [Fact]
    public void An_inbox_row_committed_before_the_effect_loses_the_effect() => AssertFound(
        Defects.InboxCommittedFirst,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            the broker delivers user 1 to OrderApi 1
            OrderApi 1 writes the inbox row of user 1; it is committed before the effect
            OrderApi 1 writes the effect of user 1
            FAULT: the database rolls back the transaction of OrderApi 1 for user 1
            OrderApi 1 skips user 1, which is in the inbox
            OrderApi 1 acknowledges user 1
            An event is in no place that accounts for it.
            """);

    [Fact]
    public void Returned_duplicates_go_in_a_circle() => AssertFound(
        Defects.ReturnDuplicates,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 answers 201 for user 1
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            the broker delivers user 1 to OrderApi 1
            OrderApi 1 writes the inbox row of user 1
            OrderApi 1 writes the effect of user 1
            OrderApi 1 commits inbox row and effect of user 1
            FAULT: OrderApi 1 crashes and starts again
            It may never settle: the steps go in a circle.
            """);

    [Fact]
    public void Without_a_retry_a_postponed_event_waits_forever() => AssertFound(
        Defects.NoRetry,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 answers 201 for user 1
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            the broker delivers user 1 to OrderApi 1
            OrderApi 1 writes the inbox row of user 1
            FAULT: the handler of OrderApi 1 fails for user 1
            It never settles: no step is left.
            """);

    [Fact]
    public void An_acknowledgement_before_the_dead_letter_is_confirmed_loses_the_event() => AssertFound(
        Defects.SettleBeforeDeadLetter,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            the broker delivers user 1 to OrderApi 1
            OrderApi 1 writes the inbox row of user 1
            FAULT: the handler of OrderApi 1 fails for user 1 for the last time
            FAULT: the dead letters of OrderApi 1 have no room for user 1; OrderApi 1 does not wait for the answer
            OrderApi 1 acknowledges user 1
            An event is in no place that accounts for it.
            """);

    [Fact]
    public void A_replay_that_removes_the_dead_letter_first_loses_it() => AssertFound(
        Defects.RemoveBeforeReplay,
        """
            the client sends the request for user 1 to UserApi 1
            UserApi 1 commits user 1 with its event and key, and hands the event over in memory
            UserApi 1 takes user 1 from memory and publishes it
            the broker stores user 1 and confirms it to UserApi 1
            UserApi 1 deletes the row of the confirmed user 1
            FAULT: the broker makes a dead letter of user 1 after too many deliveries
            an operator replays user 1, and the broker confirms the copy; the dead letter is removed before its copy is published
            FAULT: the replay of user 1 is interrupted; the dead letter is removed before its copy is published
            An event is in no place that accounts for it.
            """);

    private static void AssertFound(Defect defect, string expected, int users = 1)
    {
        var bounds = new Bounds(users, Orders: 0);
        var protocol = new Protocol(bounds, defect);
        var invariants = new Invariants(bounds);

        var finding = new Explorer<State>(protocol, faults: 2, invariants.FindViolation, invariants.IsSettled).Explore();

        Assert.NotNull(finding);
        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Join('\n', CounterExample.Of(protocol, bounds, finding)));
    }
}
