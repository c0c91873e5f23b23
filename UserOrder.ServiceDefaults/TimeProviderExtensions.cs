namespace UserOrder.ServiceDefaults;

/// <summary>Times that survive a round trip through the database.</summary>
public static class TimeProviderExtensions
{
    /// <summary>The current UTC time in whole microseconds, PostgreSQL's precision, so that a response and a later look-up agree.</summary>
    public static DateTimeOffset GetUtcNowInMicroseconds(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
#pragma warning disable RS0030 // A time to record.
        var now = time.GetUtcNow();
#pragma warning restore RS0030
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
