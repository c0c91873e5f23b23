namespace UserOrder.Tests.Model;

/// <summary>The client of a request, which repeats it with its idempotency key until the answer is 201.</summary>
internal enum Client
{
    /// <summary>It is about to send the request, or to repeat it.</summary>
    Idle,
    WaitsForFirstReplica,
    WaitsForSecondReplica,

    /// <summary>It has received 201.</summary>
    Created,
}

/// <summary>A request in a replica of the sender.</summary>
internal enum Request
{
    None,

    /// <summary>It has arrived; the replica has written nothing.</summary>
    Received,

    /// <summary>Entity, event and key are committed, by this request or an earlier one. The answer is due.</summary>
    Stored,
}

/// <summary>The event's row in the outbox.</summary>
internal enum Row
{
    Absent,

    /// <summary>Handed over in memory, or postponed after a refusal: not due yet.</summary>
    Waiting,

    /// <summary>Any replica may claim it.</summary>
    Due,

    /// <summary>Deleted by an open transaction of the first replica.</summary>
    ClaimedByFirst,
    ClaimedBySecond,
}

/// <summary>What the relay of a replica does with the event.</summary>
internal enum Lane
{
    None,

    /// <summary>The event waits in the memory of the replica that committed it.</summary>
    HandedOver,

    /// <summary>Published; the broker has not answered.</summary>
    Published,
    Confirmed,

    /// <summary>Returned, refused, or without a confirm: the outbox must keep it.</summary>
    Refused,
}

/// <summary>A delivery of the event in a replica of the receiver.</summary>
internal enum Delivery
{
    None,
    Received,

    /// <summary>The inbox row is written, uncommitted. Another replica that inserts the same row waits.</summary>
    InboxWritten,

    /// <summary>Inbox row and effect are written, uncommitted.</summary>
    EffectWritten,

    /// <summary>The handler failed, or the dead letters had no room: the event waits for its next attempt.</summary>
    Postponed,

    /// <summary>The handler failed for the last time: the event is to become a dead letter.</summary>
    Condemned,

    /// <summary>The effect is committed, or another copy is safe at the broker: the acknowledgement is due.</summary>
    Settled,
}

/// <summary>
/// One event with its request, from the client to the effect. The replicas of a service are numbers, of which the last bit selects the
/// first or the second. The whole fits into one number, so that millions of states fit into memory.
/// </summary>
internal record struct EventState
{
    private ulong _bits;

    /// <summary>The packed form.</summary>
    public readonly ulong Bits => _bits;

    public Client Client
    {
        readonly get => (Client)Get(0, 2);
        set => Set(0, 2, (int)value);
    }

    /// <summary>How often the request was carried out.</summary>
    public int Entities
    {
        readonly get => Get(2, 2);
        set => Set(2, 2, value);
    }

    /// <summary>Whether the idempotency key is stored.</summary>
    public bool HasKey
    {
        readonly get => Get(4, 1) == 1;
        set => Set(4, 1, value ? 1 : 0);
    }

    public Row Row
    {
        readonly get => (Row)Get(5, 3);
        set => Set(5, 3, (int)value);
    }

    /// <summary>The copies in the queue that are ready for delivery.</summary>
    public int Ready
    {
        readonly get => Get(8, 3);
        set => Set(8, 3, value);
    }

    /// <summary>Whether the inbox of the receiver has the event.</summary>
    public bool IsInInbox
    {
        readonly get => Get(11, 1) == 1;
        set => Set(11, 1, value ? 1 : 0);
    }

    /// <summary>How often the effect was committed.</summary>
    public int Effects
    {
        readonly get => Get(12, 2);
        set => Set(12, 2, value);
    }

    /// <summary>The copies among the dead letters, including one that an operation holds.</summary>
    public int DeadLetters
    {
        readonly get => Get(14, 3);
        set => Set(14, 3, value);
    }

    /// <summary>Whether an operator's replay has published a copy, and has not removed the dead letter yet.</summary>
    public bool IsReplaying
    {
        readonly get => Get(17, 1) == 1;
        set => Set(17, 1, value ? 1 : 0);
    }

    /// <summary>Whether an operator has discarded a copy.</summary>
    public bool IsDiscarded
    {
        readonly get => Get(18, 1) == 1;
        set => Set(18, 1, value ? 1 : 0);
    }

    public static Client WaitsFor(int replica) => Client.WaitsForFirstReplica + (replica & 1);

    public static Row ClaimedBy(int replica) => Row.ClaimedByFirst + (replica & 1);

    public readonly Request Request(int replica) => (Request)Get(20 + (2 * (replica & 1)), 2);

    public readonly Lane Lane(int replica) => (Lane)Get(24 + (3 * (replica & 1)), 3);

    public readonly Delivery Delivery(int replica) => (Delivery)Get(30 + (3 * (replica & 1)), 3);

    public readonly EventState With(int replica, Request request) => With(20 + (2 * (replica & 1)), 2, (int)request);

    public readonly EventState With(int replica, Lane lane) => With(24 + (3 * (replica & 1)), 3, (int)lane);

    public readonly EventState With(int replica, Delivery delivery) => With(30 + (3 * (replica & 1)), 3, (int)delivery);

    /// <summary>The same event with the replicas of its sender exchanged.</summary>
    public readonly EventState WithOtherSenders()
    {
        var other = With(0, Request(1)).With(1, Request(0)).With(0, Lane(1)).With(1, Lane(0));
        other.Client = Client switch
        {
            Client.WaitsForFirstReplica => Client.WaitsForSecondReplica,
            Client.WaitsForSecondReplica => Client.WaitsForFirstReplica,
            var same => same,
        };
        other.Row = Row switch
        {
            Row.ClaimedByFirst => Row.ClaimedBySecond,
            Row.ClaimedBySecond => Row.ClaimedByFirst,
            var same => same,
        };
        return other;
    }

    /// <summary>The same event with the replicas of its receiver exchanged.</summary>
    public readonly EventState WithOtherReceivers() => With(0, Delivery(1)).With(1, Delivery(0));

    private readonly int Get(int shift, int width) => (int)(_bits >> shift) & ((1 << width) - 1);

    /// <exception cref="OverflowException">The value needs more bits.</exception>
    private void Set(int shift, int width, int value)
    {
        if (value >> width != 0)
        {
            throw new OverflowException($"{value} needs more than {width} bits.");
        }

        _bits = (_bits & ~(((1UL << width) - 1) << shift)) | ((ulong)value << shift);
    }

    private readonly EventState With(int shift, int width, int value)
    {
        var changed = this;
        changed.Set(shift, width, value);
        return changed;
    }
}
