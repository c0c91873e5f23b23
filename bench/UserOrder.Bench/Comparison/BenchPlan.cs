namespace UserOrder.Bench.Comparison;

/// <summary>How much is measured.</summary>
internal sealed record BenchPlan
{
    /// <summary>Every part, as docs/performance.md shows it.</summary>
    public static readonly BenchPlan Full = new()
    {
        Rounds = 3,
        Connections = [32, 128, 1],
        PeerConnections = [32, 128, 1],
        IsFull = true,
        MeasuresBroker = true,
        WarmUp = TimeSpan.FromSeconds(5),
        Load = TimeSpan.FromSeconds(6),
        Insert = TimeSpan.FromSeconds(3),
        Idle = TimeSpan.FromSeconds(10),
        ColdStarts = 3,
        PacedRounds = 1,
        Paced = TimeSpan.FromSeconds(10),
    };

    /// <summary>What the targets need, in less than three minutes.</summary>
    public static readonly BenchPlan Quick = new()
    {
        Rounds = 2,
        Connections = [32, 128, 1],
        PeerConnections = [32, 128],
        MeasuresBroker = true,
        WarmUp = TimeSpan.FromSeconds(3),
        Load = TimeSpan.FromSeconds(3),
        Insert = TimeSpan.FromSeconds(2),
        Idle = TimeSpan.FromSeconds(10),
        ColdStarts = 1,
        PacedRounds = 1,
        Paced = TimeSpan.FromSeconds(6),
    };

    /// <summary>UserOrder with and without telemetry. More and shorter rounds: a tenth is less than what a machine does meanwhile.</summary>
    public static readonly BenchPlan Telemetry = new()
    {
        Rounds = 8,
        Connections = [32, 128],
        PeerConnections = [],
        WarmUp = TimeSpan.FromSeconds(3),
        Load = TimeSpan.FromSeconds(5),
        ColdStarts = 1,
    };

    /// <summary>The users that are stored before a load: few, and many.</summary>
    public const int FewUsers = 10_000;

    /// <inheritdoc cref="FewUsers" />
    public const int ManyUsers = 1_000_000;

    /// <summary>The share of the maximum rate at which lag and growth are measured.</summary>
    public const double PacedShare = 0.7;

    /// <summary>How often each contestant has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>The loads of a turn, in their order.</summary>
    public required IReadOnlyList<int> Connections { get; init; }

    /// <summary>The loads of a peer's turn.</summary>
    public required IReadOnlyList<int> PeerConnections { get; init; }

    /// <summary>Whether MassTransit takes part, and the peers' lag and rest are measured too.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether the broker alone has a turn in each round.</summary>
    public bool MeasuresBroker { get; init; }

    /// <summary>Load at 32 connections that is not counted.</summary>
    public required TimeSpan WarmUp { get; init; }

    public required TimeSpan Load { get; init; }

    public TimeSpan Insert { get; init; }

    /// <summary>Zero if rest is not measured.</summary>
    public TimeSpan Idle { get; init; }

    /// <summary>How often the services are started in a turn.</summary>
    public required int ColdStarts { get; init; }

    public int PacedRounds { get; init; }

    public TimeSpan Paced { get; init; }
}
