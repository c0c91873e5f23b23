using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace UserOrder.Messaging.Telemetry;

/// <summary>
/// Reads the instruments of this replica's reliable path without an exporter: events written, messages sent, events applied with their
/// lags. It listens from its creation to its disposal.
/// </summary>
internal sealed class FlowMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, LagWindow> _lags = new();
    private readonly TimeProvider _time;
    private long _written;
    private long _sent;

    public FlowMeter(MessagingTelemetry telemetry, TimeProvider time)
    {
        _time = time;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other hosts in this process have instruments of the same names.
            if (instrument == telemetry.BatchSize || instrument == telemetry.Sent || instrument == telemetry.Lag)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>(RecordBatch);
        _listener.SetMeasurementEventCallback<long>(RecordSent);
        _listener.SetMeasurementEventCallback<double>(RecordLag);
        _listener.Start();
    }

    /// <summary>The events that requests have committed.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>The messages that the broker has confirmed. A message has one event or several.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>The events of a queue that took effect.</summary>
    public LagSummary AppliedFrom(string queue) => _lags.TryGetValue(queue, out var lags) ? lags.Summarize() : new(0, null, null);

    public void Dispose() => _listener.Dispose();

    private void RecordBatch(Instrument instrument, int size, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Find(tags, "userorder.stage") is MessagingTelemetry.WriteStage)
        {
            Interlocked.Add(ref _written, size);
        }
    }

    private void RecordSent(Instrument instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Find(tags, "error.type") is null)
        {
            Interlocked.Add(ref _sent, count);
        }
    }

    private void RecordLag(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Find(tags, "userorder.queue") is string queue)
        {
            _lags.GetOrAdd(queue, static (_, time) => new LagWindow(time), _time).Record(seconds);
        }
    }

    private static object? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }
}
