namespace UserOrder.ServiceDefaults;

/// <summary>Times that survive a round trip through the database.</summary>
public static class TimeProviderExtensions
{
    /// <summary>The current UTC time in whole microseconds, PostgreSQL's precision, so that a response and a later look-up agree.</summary>
    public static DateTimeOffset GetUtcNowInMicroseconds(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
