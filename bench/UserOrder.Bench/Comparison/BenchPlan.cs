namespace UserOrder.Bench.Comparison;

/// <summary>How much is measured.</summary>
internal sealed record BenchPlan
{
    /// <summary>The users that are stored before a load.</summary>
    public const int FewUsers = 10_000, ManyUsers = 1_000_000;

    /// <summary>The share of the maximum rate at which lag and growth are measured.</summary>
    public const double PacedShare = 0.7;

    /// <summary>Every part, as docs/performance.md shows it.</summary>
    public static readonly BenchPlan Full = new()
    {
        IsFull = true,
        Rounds = 3,
        ColdStarts = 3,
        PeerConnections = [32, 128, 1],
        WarmUp = TimeSpan.FromSeconds(5),
        Load = TimeSpan.FromSeconds(6),
        Paced = TimeSpan.FromSeconds(10),
    };

    /// <summary>What the targets need, in less than three minutes.</summary>
    public static readonly BenchPlan Quick = new() { Rounds = 2, Load = TimeSpan.FromSeconds(3), Paced = TimeSpan.FromSeconds(6) };

    /// <summary>UserOrder with and without telemetry, in more rounds: a tenth is less than what a machine does meanwhile.</summary>
    public static readonly BenchPlan Telemetry =
        new() { ClosedLoopsOnly = true, Rounds = 8, Connections = [32, 128], Load = TimeSpan.FromSeconds(5) };

    /// <summary>Whether MassTransit and Wolverine take part, and the peers' lag and rest are measured, too.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether the broker alone, the open loops and rest are left out.</summary>
    public bool ClosedLoopsOnly { get; init; }

    /// <summary>How often each contestant has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>How often the services are started in a turn.</summary>
    public int ColdStarts { get; init; } = 1;

    /// <summary>The loads of UserOrder's turn, in their order.</summary>
    public IReadOnlyList<int> Connections { get; init; } = [32, 128, 1];

    public IReadOnlyList<int> PeerConnections { get; init; } = [32, 128];

    /// <summary>Load at 32 connections that is not counted.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(3);

    public required TimeSpan Load { get; init; }

    public TimeSpan Paced { get; init; }
}
