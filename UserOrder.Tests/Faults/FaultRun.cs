using System.Globalization;

namespace UserOrder.Tests.Faults;

/// <summary>Runs rounds of faults and records their results.</summary>
internal sealed class FaultRun(FaultySystem system, Recovery recovery, Action<string> log)
{
    private readonly FaultInjector _injector = new(system);
    private readonly SortedDictionary<FaultKind, FaultRecord> _records = [];

    /// <summary>The results so far, by kind of fault.</summary>
    public IReadOnlyDictionary<FaultKind, FaultRecord> Records => _records;

    /// <summary>Runs a round and waits until the system has recovered.</summary>
    public async Task RunAsync(PlannedFault[] round)
    {
        await Task.WhenAll(round.Select(RunAsync));
        var recovered = await recovery.MeasureAsync();
        var faults = string.Join(" + ", round.Select(fault => fault.ToString()));
        log(string.Create(CultureInfo.InvariantCulture, $"{faults}: recovered in {recovered.TotalSeconds:0.0} s"));
        foreach (var fault in round)
        {
            var before = _records.GetValueOrDefault(fault.Kind) ?? new FaultRecord(0, TimeSpan.Zero);
            _records[fault.Kind] = new FaultRecord(before.Count + 1, recovered > before.WorstRecovery ? recovered : before.WorstRecovery);
        }
    }

    private async Task RunAsync(PlannedFault fault)
    {
        await Task.Delay(fault.Delay, TestContext.Current.CancellationToken);
        try
        {
            await _injector.InjectAsync(fault);
            await Task.Delay(fault.Duration, TestContext.Current.CancellationToken);
        }
        finally
        {
            await _injector.HealAsync(fault);
        }
    }
}
