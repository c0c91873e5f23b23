using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Measures how full the outbox is and whether events leave it, once a second. If a measurement is expensive, the pause grows to twenty
/// times its duration, at most to ten seconds.
/// </summary>
internal sealed partial class OutboxBacklog : BackgroundService
{
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);
    private const int PausePerCost = 20;

    private readonly NpgsqlDataSource _database;
    private readonly SchemaMigrator _migrator;
    private readonly TimeProvider _time;
    private readonly MessagingOptions _options;
    private readonly ILogger<OutboxBacklog> _logger;
    private readonly Progress _progress;
    private Oldest? _oldest;

    public OutboxBacklog(
        NpgsqlDataSource database,
        SchemaMigrator migrator,
        PauseWatch pauses,
        MessagingTelemetry telemetry,
        TimeProvider time,
        IOptions<MessagingOptions> options,
        ILogger<OutboxBacklog> logger)
    {
        _database = database;
        _migrator = migrator;
        _time = time;
        _options = options.Value;
        _logger = logger;
        var pause = pauses.Relay;
        _progress = new Progress(() => pause.IsPaused, time);
        telemetry.Meter.CreateObservableGauge("userorder.outbox.rows", () => Rows, "{message}", "Events that wait in the outbox.");
        telemetry.Meter.CreateObservableGauge(
            "userorder.outbox.age", () => Age.TotalSeconds, "s", "Age of the oldest event in the outbox.");
        telemetry.Meter.CreateObservableGauge(
            "userorder.outbox.stalled", () => Stalled.TotalSeconds, "s", "How long events have waited in the outbox while none left it.");
    }

    /// <summary>The number of events in the outbox, counted up to <see cref="MessagingOptions.OutboxMaxRows"/>.</summary>
    public long Rows { get; private set; }

    /// <summary>The age of the oldest event by the database's clock, which all replicas share.</summary>
    public TimeSpan Age =>
        _oldest is { } oldest && oldest.Age + _time.GetElapsedTime(oldest.MeasuredAt) is { Ticks: > 0 } age ? age : TimeSpan.Zero;

    /// <summary>How long events have waited while none left the outbox; zero while none waits, and during a pause.</summary>
    public TimeSpan Stalled => _progress.Stalled;

    /// <summary>Whether events have waited for <see cref="MessagingOptions.ProgressTimeout"/> while none left the outbox.</summary>
    public bool IsStalled => Stalled > _options.ProgressTimeout;

    /// <summary>Whether the outbox has reached one of its limits.</summary>
    public bool IsFull => Rows >= _options.OutboxMaxRows || Age > _options.OutboxMaxAge;

    /// <summary>Records that this replica has relayed events.</summary>
    public void RecordRelayed() => _progress.Record(Rows > 0, hasMoved: true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _migrator.Ready.WaitAsync(stoppingToken);
        while (true)
        {
            var stopwatch = Stopwatch.StartNew();
            try
            {
                var wasFull = IsFull;
                await MeasureAsync(stoppingToken);
                if (IsFull != wasFull)
                {
                    LogChange(IsFull ? "full" : "no longer full", Rows, Age);
                }
            }
            catch (DbException)
            {
                // The last measurement stays valid, because no request can add an event without the database.
            }

            // The first measurement, and one that waits for the server, takes longer than it costs. The clamp keeps the next one from being
            // late.
            var pause = Math.Clamp(PausePerCost * stopwatch.Elapsed.Ticks, MinPause.Ticks, MaxPause.Ticks);
            await Task.Delay(TimeSpan.FromTicks(pause), _time, stoppingToken);
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        // The ids are UUIDv7 (RFC 9562): their first 48 bits are the event's time in milliseconds.
        await using var command = _database.CreateCommand(
            """
            select count(*), (select id from outbox order by id limit 1), clock_timestamp() from (select from outbox limit $1) as waiting
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _options.OutboxMaxRows });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var rows = reader.GetInt64(0);
        var oldest = reader.IsDBNull(1)
            ? null
            : new Oldest(
                reader.GetGuid(1),
                reader.GetFieldValue<DateTimeOffset>(2) - TimeOrderedId.TimeOf(reader.GetGuid(1)),
                _time.GetTimestamp());

        // Other replicas relay, too. New events only add rows and have later ids, except those of a replica whose clock is behind.
        var hasLeft = rows < Rows || oldest?.Id.CompareTo(_oldest?.Id) > 0;
        Rows = rows;
        _oldest = oldest;
        _progress.Record(rows > 0, hasLeft);
    }

    /// <summary>The oldest event: its id, its age when it was measured, and the timestamp of the measurement.</summary>
    private sealed record Oldest(Guid Id, TimeSpan Age, long MeasuredAt);

    [LoggerMessage(14, LogLevel.Warning, "The outbox is {State}: {Rows} events wait, the oldest for {Age}")]
    private partial void LogChange(string state, long rows, TimeSpan age);
}
