namespace UserOrder.ServiceDefaults;

/// <summary>Times that survive a round trip through the database.</summary>
public static class TimeProviderExtensions
{
    /// <summary>Now, UTC, in whole microseconds: what PostgreSQL keeps of a time, so that an answer and a later look-up agree.</summary>
    public static DateTimeOffset GetUtcNowInMicroseconds(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
