using System.Diagnostics.Metrics;

namespace UserOrder.Messaging.Tests;

/// <summary>Reads an observable instrument as an exporter would.</summary>
internal static class Gauges
{
    /// <summary>The current values, keyed by the value of the only tag.</summary>
    /// <param name="meters">The factory of the instrument's meter.</param>
    /// <param name="instrument">The instrument's name.</param>
    /// <param name="tag">The tag's name; by default any.</param>
    public static Dictionary<string, T> Read<T>(IMeterFactory meters, string instrument, string? tag = null)
        where T : struct
    {
        var values = new Dictionary<string, T>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (published, reader) =>
        {
            // Concurrent tests create instruments of the same name.
            if (published.Name == instrument && published.Meter.Scope == meters)
            {
                reader.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<T>((_, value, tags, _) =>
        {
            Assert.Equal(tag ?? tags[0].Key, tags[0].Key);
            values[$"{tags[0].Value}"] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }
}
