namespace UserOrder.Simulation.Measuring;

/// <summary>What was used and done, either since the start or, as a difference of two such readings, in a phase.</summary>
internal sealed record Counters
{
    /// <summary>CPU seconds of each part.</summary>
    public required IReadOnlyDictionary<Part, double> Cpu { get; init; }

    /// <summary>Bytes that the broker sent to the disk.</summary>
    public required double BrokerWrittenBytes { get; init; }

    /// <summary>CPU seconds of the whole machine.</summary>
    public required double MachineCpu { get; init; }

    /// <summary>Bytes on the loopback device.</summary>
    public required double WireBytes { get; init; }

    /// <summary>Statements that write users.</summary>
    public required double Inserts { get; init; }

    /// <summary>Batches of the relay.</summary>
    public required double RelayBatches { get; init; }

    /// <summary>Batches of the consumer.</summary>
    public required double ConsumerBatches { get; init; }

    /// <summary>Events committed in OrderApi.</summary>
    public required double Consumed { get; init; }

    /// <summary>Bytes of UserApi's write-ahead log.</summary>
    public required double UserLogBytes { get; init; }

    /// <summary>Bytes of OrderApi's write-ahead log.</summary>
    public required double OrderLogBytes { get; init; }

    public Counters Since(Counters start) => new()
    {
        Cpu = Cpu.ToDictionary(entry => entry.Key, entry => entry.Value - start.Cpu[entry.Key]),
        BrokerWrittenBytes = BrokerWrittenBytes - start.BrokerWrittenBytes,
        MachineCpu = MachineCpu - start.MachineCpu,
        WireBytes = WireBytes - start.WireBytes,
        Inserts = Inserts - start.Inserts,
        RelayBatches = RelayBatches - start.RelayBatches,
        ConsumerBatches = ConsumerBatches - start.ConsumerBatches,
        Consumed = Consumed - start.Consumed,
        UserLogBytes = UserLogBytes - start.UserLogBytes,
        OrderLogBytes = OrderLogBytes - start.OrderLogBytes,
    };
}
