namespace UserOrder.Simulation.Costs;

/// <summary>What an event costs on its way, from measurements, as <see cref="Origin"/> says.</summary>
internal sealed record CostModel
{
    /// <summary>When, where and how each of them was measured.</summary>
    public required Origin Origin { get; init; }

    /// <summary>The load generator: a request and its answer. It shares the measured machine.</summary>
    public required Cost Client { get; init; }

    /// <summary>UserApi: a batch is a group commit, an event a request.</summary>
    public required Cost UserApiRequest { get; init; }

    /// <summary>UserApi: a batch of the relay.</summary>
    public required Cost UserApiRelay { get; init; }

    /// <summary>PostgreSQL of UserApi: the statement that writes users and events, and its commit.</summary>
    public required Cost UserDatabaseInsert { get; init; }

    /// <summary>PostgreSQL of UserApi: claim, delete and commit of a batch of the relay.</summary>
    public required Cost UserDatabaseRelay { get; init; }

    /// <summary>RabbitMQ: a batch's way in and out again. A batch of the relay and one of the consumer count half each.</summary>
    public required Cost Broker { get; init; }

    /// <summary>How much of the broker's cost is the queue's own process, which runs on one core at a time.</summary>
    public required double QueueProcessShare { get; init; }

    /// <summary>What another member of a quorum queue costs its node, as a share of what the only member costs.</summary>
    public required double FollowerShare { get; init; }

    /// <summary>What it costs the leader's node besides, as such a share.</summary>
    public required double LeaderShare { get; init; }

    /// <summary>OrderApi: a batch of the consumer.</summary>
    public required Cost OrderApiConsume { get; init; }

    /// <summary>PostgreSQL of OrderApi: inbox, effect and commit.</summary>
    public required Cost OrderDatabaseConsume { get; init; }

    /// <summary>
    /// By how much everything costs more where all parts keep the same cores busy and drive each other out of their caches: the CPU time of
    /// a run under full load, as a multiple of what the costs above, each measured with less beside it, add up to.
    /// </summary>
    public required double SharingFactor { get; init; }

    /// <summary>How long a flush to the disk takes, in milliseconds: the least, evenly spaced quantiles, the greatest.</summary>
    public required IReadOnlyList<double> FlushMilliseconds { get; init; }

    /// <summary>What an event writes and sends.</summary>
    public required BytesPerEvent Bytes { get; init; }

    /// <summary>The CPU time in microseconds of an event in batches of that size, by part of the system, without the client.</summary>
    public IReadOnlyList<(string Part, double Microseconds)> PerEvent(int batch)
    {
        return
        [
            ("UserApi", Of(UserApiRequest) + Of(UserApiRelay)),
            ("UserApi's PostgreSQL", Of(UserDatabaseInsert) + Of(UserDatabaseRelay)),
            ("RabbitMQ", Of(Broker)),
            ("OrderApi", Of(OrderApiConsume)),
            ("OrderApi's PostgreSQL", Of(OrderDatabaseConsume)),
        ];

        double Of(Cost cost) => (cost.PerBatch / batch) + cost.PerEvent;
    }
}
