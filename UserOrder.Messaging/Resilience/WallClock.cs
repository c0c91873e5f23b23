namespace UserOrder.Messaging.Resilience;

/// <summary>Reads the wall clock for a time to record. No duration may depend on it, because the clock may be stepped.</summary>
internal static class WallClock
{
#pragma warning disable RS0030 // Callers record the time and compare it with no other reading.
    public static DateTimeOffset ReadWallClock(this TimeProvider time) => time.GetUtcNow();
#pragma warning restore RS0030
}
