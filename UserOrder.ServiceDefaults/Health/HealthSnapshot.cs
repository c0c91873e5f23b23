using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using UserOrder.ServiceDefaults.Http;

namespace UserOrder.ServiceDefaults.Health;

/// <summary>
/// Runs the health checks once a second, however many callers ask, and keeps the latest report. A gauge shows each check: 0 unhealthy,
/// 1 degraded, 2 healthy.
/// </summary>
/// <remarks>
/// The framework's publisher starts a run each second even while earlier ones are stuck, so that an old report may replace a newer one.
/// </remarks>
internal sealed class HealthSnapshot : BackgroundService
{
    /// <summary>The name of the entry that explains a missing or an old report.</summary>
    public const string EntryName = "health-checks";

    /// <summary>The longest time that a check may take; it is unhealthy then.</summary>
    public static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The age of a report that no longer counts, because a check ignores its time limit.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>The pause until the service is ready for the first time, so that it is found ready at once.</summary>
    private static readonly TimeSpan StartPeriod = TimeSpan.FromMilliseconds(50);

    private static readonly Dictionary<string, HealthReportEntry> EmptyEntries = [];

    private readonly HealthCheckService _checks;
    private readonly Drain _drain;
    private readonly TimeProvider _time;
    private volatile Snapshot? _latest;

    public HealthSnapshot(HealthCheckService checks, Drain drain, TimeProvider time, IMeterFactory meters)
    {
        _checks = checks;
        _drain = drain;
        _time = time;
        meters.Create(HttpCircuits.MeterName)
            .CreateObservableGauge("userorder.health", Measure, description: "0 unhealthy, 1 degraded, 2 healthy.");
    }

    /// <summary>The latest report. It is unhealthy before the first one, when it is too old, and during the drain.</summary>
    public HealthReport Current => _latest switch
    {
        null => With(Entries(null), EntryName, "No check has finished yet."),
        { } latest when _drain.HasBegun => With(Entries(latest), Drain.EntryName, Drain.Reason),
        { } latest when _time.GetElapsedTime(latest.Taken) > MaxAge =>
            With(Entries(latest), EntryName, $"No check has finished for {MaxAge.TotalSeconds} s."),
        var latest => latest.Report,
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The checks' own spans would outnumber those of requests.
        using var suppressed = SuppressInstrumentationScope.Begin();
        var hasBeenReady = false;
        while (true)
        {
            var report = await _checks.CheckHealthAsync(stoppingToken);
            _latest = new Snapshot(report, _time.GetTimestamp());
            hasBeenReady |= report.Status != HealthStatus.Unhealthy;
            await Task.Delay(hasBeenReady ? Period : StartPeriod, _time, stoppingToken);
        }
    }

    private static Dictionary<string, HealthReportEntry> Entries(Snapshot? latest) => new(latest?.Report.Entries ?? EmptyEntries);

    private static HealthReport With(Dictionary<string, HealthReportEntry> entries, string name, string reason)
    {
        entries[name] = new HealthReportEntry(HealthStatus.Unhealthy, reason, TimeSpan.Zero, exception: null, data: null);
        return new HealthReport(entries, TimeSpan.Zero);
    }

    private IEnumerable<Measurement<int>> Measure() => _latest is null
        ? []
        : Current.Entries.Select(entry =>
            new Measurement<int>((int)entry.Value.Status, new KeyValuePair<string, object?>("userorder.health.check", entry.Key)));

    private sealed record Snapshot(HealthReport Report, long Taken);
}
