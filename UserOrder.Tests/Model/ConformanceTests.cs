using UserOrder.Messaging.Resilience;

namespace UserOrder.Tests.Model;

/// <summary>The check of recorded runs accepts runs of the protocol and refuses forged ones.</summary>
public sealed class ConformanceTests
{
    private const string Request = "request.received request.committed";
    private const string Effect = "consumer.inbox-written consumer.effect-written consumer.committed";

    /// <summary>The fail points of the two replicas of the sender, and of the two of the receiver.</summary>
    public static TheoryData<string, string, string, string> Runs { get; } = new()
    {
        // From memory, from the outbox, and with no commit.
        { $"{Request} relay.taken relay.confirmed relay.swept", "", $"consumer.received {Effect} consumer.acknowledged", "" },
        { Request, "relay.claimed relay.confirmed relay.committed", "", $"consumer.received {Effect} consumer.acknowledged" },
        { "request.received", "", "", "" },

        // The other replica takes over from a killed one.
        {
            $"{Request} relay.taken killed",
            "relay.claimed relay.confirmed relay.committed",
            "consumer.received consumer.inbox-written killed",
            $"consumer.received {Effect} consumer.acknowledged"
        },

        // A killed process has committed what it did not record. The redelivered event is a duplicate.
        {
            $"{Request} relay.taken relay.confirmed killed relay.claimed relay.confirmed relay.committed",
            "",
            "consumer.received consumer.inbox-written consumer.effect-written killed consumer.received consumer.acknowledged",
            "consumer.received consumer.acknowledged"
        },

        // A killed process did not send its last acknowledgement.
        {
            $"{Request} relay.taken relay.confirmed relay.swept",
            "",
            $"consumer.received {Effect} consumer.acknowledged killed",
            "consumer.received consumer.acknowledged"
        },
    };

    public static TheoryData<string, string, string, string> Forgeries { get; } = new()
    {
        // Lost, applied twice, and published without a commit.
        { $"{Request} relay.taken relay.confirmed relay.swept", "", "", "" },
        { $"{Request} relay.taken relay.confirmed relay.swept", "", $"consumer.received {Effect} {Effect} consumer.acknowledged", "" },
        {
            $"{Request} relay.taken relay.confirmed killed relay.claimed relay.confirmed relay.committed",
            "",
            $"consumer.received {Effect} consumer.acknowledged",
            $"consumer.received {Effect} consumer.acknowledged"
        },
        { "request.received relay.taken relay.confirmed", "", $"consumer.received {Effect} consumer.acknowledged", "" },

        // Deleted before the confirm, acknowledged before the commit, and two deliveries of one message.
        { $"{Request} relay.taken relay.swept relay.confirmed", "", $"consumer.received {Effect} consumer.acknowledged", "" },
        { $"{Request} relay.taken relay.confirmed relay.swept", "", $"consumer.received consumer.acknowledged {Effect}", "" },
        {
            $"{Request} relay.taken relay.confirmed relay.swept",
            "",
            $"consumer.received {Effect} consumer.acknowledged",
            "consumer.received consumer.acknowledged"
        },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_of_the_protocol_is_accepted(string sender1, string sender2, string receiver1, string receiver2) =>
        Assert.True(Conformance.IsRun(RunOf(sender1, sender2, receiver1, receiver2)));

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_run_is_refused(string sender1, string sender2, string receiver1, string receiver2) =>
        Assert.False(Conformance.IsRun(RunOf(sender1, sender2, receiver1, receiver2)));

    private static RecordedRun RunOf(params string[] replicas)
    {
        var run = new RecordedRun();
        foreach (var (replica, points) in replicas.Index())
        {
            foreach (var point in points.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.True(point == RecordedRun.Killed || FailPoint.All.Contains(point), point);
                if (point == RecordedRun.Killed)
                {
                    run.AddKilled(replica);
                }
                else
                {
                    run.Add(replica, point);
                }
            }
        }

        return run;
    }
}
