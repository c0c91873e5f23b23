namespace UserOrder.Simulation.Model;

/// <summary>What came of a simulated run.</summary>
internal sealed record SimulationResult
{
    /// <summary>Requests sent a second.</summary>
    public required double ArrivedPerSecond { get; init; }

    /// <summary>Requests answered a second.</summary>
    public required double AcceptedPerSecond { get; init; }

    /// <summary>Events committed a second.</summary>
    public required double EndToEndPerSecond { get; init; }

    /// <summary>Request times in milliseconds.</summary>
    public required double LatencyP50 { get; init; }

    /// <summary>Request times in milliseconds.</summary>
    public required double LatencyP99 { get; init; }

    /// <summary>Mean request time in milliseconds.</summary>
    public required double LatencyMean { get; init; }

    /// <summary>Event's time to effect's commit in milliseconds.</summary>
    public required double LagP50 { get; init; }

    /// <summary>Event's time to effect's commit in milliseconds.</summary>
    public required double LagP99 { get; init; }

    /// <summary>Requests sent since the start.</summary>
    public required long Sent { get; init; }

    /// <summary>Requests answered since the start.</summary>
    public required long Answered { get; init; }

    /// <summary>Users committed since the start.</summary>
    public required long Accepted { get; init; }

    /// <summary>Effects committed since the start.</summary>
    public required long Committed { get; init; }

    /// <summary>Events in an outbox, unclaimed, at the end.</summary>
    public required long InOutbox { get; init; }

    /// <summary>Events claimed by a relay and not confirmed, at the end.</summary>
    public required long InRelay { get; init; }

    /// <summary>Messages in a queue that no consumer has room for, at the end.</summary>
    public required long InQueue { get; init; }

    /// <summary>Events with a consumer whose effect is not committed, at the end.</summary>
    public required long InConsumer { get; init; }

    /// <summary>The part of the measured time that was used: of its cores by each machine, of its own by what does one thing at a time.</summary>
    public required IReadOnlyDictionary<string, double> Utilization { get; init; }

    /// <summary>The busiest of them.</summary>
    public string Bottleneck => Utilization.MaxBy(entry => entry.Value).Key;
}
