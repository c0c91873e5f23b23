using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// How many messages a consumer asks for. AMQP can bound their number, but RabbitMQ has no bound for their bytes. So the consumer asks for
/// fewer after large messages, and after a minute for as many as before.
/// </summary>
internal sealed class PrefetchWindow(int maximum, TimeProvider time)
{
    private static readonly TimeSpan TimeOfFew = TimeSpan.FromMinutes(1);

    private int? _few;
    private long _shrunkAt;

    /// <summary>The number of messages, at most <see cref="MessagingOptions.Prefetch"/>.</summary>
    public int Size => _few ?? maximum;

    /// <summary>Whether it is time to ask for as many messages as before.</summary>
    public bool ShouldGrow => _few is not null && time.GetElapsedTime(_shrunkAt) > TimeOfFew;

    /// <summary>Asks for fewer messages.</summary>
    /// <param name="held">How many of them took more than <see cref="MessagingOptions.PrefetchBytes"/>.</param>
    public void Shrink(int held)
    {
        _few = Math.Max(1, Math.Min(held, Size) / 2);
        _shrunkAt = time.GetTimestamp();
    }

    public void Grow() => _few = null;
}
