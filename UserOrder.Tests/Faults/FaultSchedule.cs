using System.Globalization;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Tests.Faults;

/// <summary>
/// The order of faults, which depends only on the seed and the form. The short form is one pass, in which all faults overlap that can; a
/// soak repeats passes. Faults of one round overlap; each pass contains every kind at least once.
/// </summary>
internal sealed class FaultSchedule(int seed, bool isSoak)
{
    private const string SeedVariable = "USERORDER_FAULT_SEED";
    private const string MinutesVariable = "USERORDER_SOAK_MINUTES";

    // Longer than two heartbeats of 10 s, after which either end closes the connection.
    private const double BeyondHeartbeat = 25;

    private readonly Random _random = new(seed);

    public int Seed => seed;

    public static FaultSchedule FromEnvironment(bool isSoak) =>
        int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var seed)
            ? new FaultSchedule(seed, isSoak)
            : new FaultSchedule(Random.Shared.Next(), isSoak);

    /// <summary>The duration of the soak; null for the short form.</summary>
    public static TimeSpan? LengthOfSoak() =>
        Environment.GetEnvironmentVariable(MinutesVariable) is { Length: > 0 } minutes
            ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture))
            : null;

    /// <summary>The rounds of the next pass.</summary>
    public IReadOnlyList<PlannedFault[]> NextPass()
    {
        var kinds = Enum.GetValues<FaultKind>();
        _random.Shuffle(kinds);
        FaultKind[] pauses = [FaultKind.ServerPaused, FaultKind.ServicePaused, FaultKind.ReplicaFrozen];
        var longPause = pauses[_random.Next(pauses.Length)];
        var waiting = new LinkedList<PlannedFault>(kinds.Select(kind => Plan(kind, isLong: kind == longPause)));
        var rounds = new List<PlannedFault[]>();
        while (waiting.First is { Value: var first })
        {
            waiting.RemoveFirst();
            var second = !isSoak || _random.Next(3) > 0 ? waiting.FirstOrDefault(fault => CanOverlap(first, fault)) : null;
            if (second is not null)
            {
                waiting.Remove(second);
                rounds.Add([first, second with { Delay = Seconds(0, 2) }]);
            }
            else
            {
                rounds.Add([first]);
            }
        }

        return rounds;
    }

    /// <summary>The seed, and the command that repeats the faults.</summary>
    public override string ToString()
    {
        var form = isSoak ? $"--soak {Environment.GetEnvironmentVariable(MinutesVariable)}" : nameof(FaultTests);
        return $"Seed {seed}; again: {SeedVariable}={seed} ./test.sh {form}";
    }

    /// <summary>
    /// A queue fills only while the rest of the system works, servers that run lift an alarm and accept a command, an event without a
    /// binding is lost if another queue receives a copy, and two faults need different targets.
    /// </summary>
    private static bool CanOverlap(PlannedFault one, PlannedFault other) =>
        !IsAlone(one.Kind) && !IsAlone(other.Kind) && one.Target != other.Target;

    private static bool IsAlone(FaultKind kind) => kind is
        FaultKind.QueueFull or FaultKind.TopologyLost or FaultKind.AlarmWithPoison or FaultKind.DatabaseReadOnly or FaultKind.LoginRefused
        or FaultKind.StandbyPromoted;

    private static bool IsInjected(FaultKind kind) => kind is FaultKind.Duplicates or FaultKind.Poison or FaultKind.Oversized;

    private PlannedFault Plan(FaultKind kind, bool isLong)
    {
        var target = kind switch
        {
            FaultKind.BrokerKilled or FaultKind.BrokerStopped => FaultySystem.Broker,
            FaultKind.DatabaseKilled or FaultKind.DatabaseReadOnly or FaultKind.LoginRefused or FaultKind.StandbyPromoted =>
                OneOf([FaultySystem.UserDatabase, FaultySystem.OrderDatabase]),
            FaultKind.ServerPaused => OneOf(FaultySystem.Servers),
            FaultKind.ServiceKilled or FaultKind.ServiceStopped or FaultKind.ServicePaused or FaultKind.ClockStepped =>
                OneOf(FaultySystem.Services),
            FaultKind.ReplicaFrozen => OneOf([FailPoint.ConsumerInboxWritten, FailPoint.RelayClaimed, FailPoint.RelayTaken]),
            FaultKind.TopologyLost => OneOf(FaultySystem.Topology),
            FaultKind.AlarmWithPoison => FaultySystem.Broker,
            FaultKind.QueueFull => OneOf(["user-api", "order-api"]),
            _ when IsInjected(kind) => "both queues",
            _ => OneOf(FaultySystem.Links),
        };
        var duration = isLong || (isSoak && kind is FaultKind.PathStalled or FaultKind.PathHalfOpen && _random.Next(2) == 0)
            ? TimeSpan.FromSeconds(BeyondHeartbeat)
            : IsInjected(kind) || kind is FaultKind.QueueFull or FaultKind.TopologyLost ? TimeSpan.Zero : Seconds(0.5, isSoak ? 8 : 3);
        return new PlannedFault(kind, target, TimeSpan.Zero, duration);
    }

    private string OneOf(string[] targets) => targets[_random.Next(targets.Length)];

    private TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + (_random.NextDouble() * (to - from)));
}
