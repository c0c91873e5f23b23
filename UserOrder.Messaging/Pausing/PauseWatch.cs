using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Pausing;

/// <summary>
/// Reads once a second what operators have paused. A replica that cannot read keeps the last state: without its database, it neither
/// relays nor applies anything.
/// </summary>
/// <remarks>It polls, because PgBouncer passes no notifications on in transaction mode.</remarks>
internal sealed partial class PauseWatch : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, PauseSwitch> _switches = [];
    private readonly PauseStore _store;
    private readonly SchemaMigrator _migrator;
    private readonly TimeProvider _time;
    private readonly ILogger<PauseWatch> _logger;

    public PauseWatch(
        PauseStore store, SchemaMigrator migrator, MessagingTelemetry telemetry, TimeProvider time, ILogger<PauseWatch> logger)
    {
        _store = store;
        _migrator = migrator;
        _time = time;
        _logger = logger;
        telemetry.Meter.CreateObservableGauge(
            "userorder.paused", Measure, description: "1 while an operator has paused the consumer or the relay, else 0.");
    }

    /// <summary>The switch of the relay.</summary>
    public PauseSwitch Relay => Of(PauseState.Relay);

    /// <summary>The switch of a queue's consumer.</summary>
    public PauseSwitch Of(string queue) => _switches.GetOrAdd(queue, _ => new PauseSwitch());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _migrator.Ready.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                await ReadAsync(stoppingToken);
            }
            catch (DbException)
            {
                // The database's health check reports it.
            }

            await Task.Delay(Interval, _time, stoppingToken);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var states = await _store.ListAsync(cancellationToken);
        foreach (var (name, toggle) in _switches)
        {
            var state = states.GetValueOrDefault(name) ?? PauseState.Initial(name);
            var before = toggle.State;
            if (state == before)
            {
                continue;
            }

            toggle.Set(state);
            if (state.IsPaused)
            {
                LogPaused(name, state.By, state.Since);
            }
            else if (before is { IsPaused: true })
            {
                LogResumed(name, state.By, state.Since);
            }
        }
    }

    private IEnumerable<Measurement<int>> Measure() =>
        from named in _switches
        select new Measurement<int>(named.Value.IsPaused ? 1 : 0, TagsOf(named.Key));

    private static KeyValuePair<string, object?>[] TagsOf(string name) => name == PauseState.Relay
        ? [new("userorder.stage", MessagingTelemetry.RelayStage)]
        : [new("userorder.queue", name), new("userorder.stage", MessagingTelemetry.ConsumerStage)];

    [LoggerMessage(91, LogLevel.Information, "An operator paused {Name}: {By} at {Since}")]
    private partial void LogPaused(string name, string? by, DateTimeOffset? since);

    [LoggerMessage(92, LogLevel.Information, "An operator resumed {Name}: {By} at {Since}")]
    private partial void LogResumed(string name, string? by, DateTimeOffset? since);
}
