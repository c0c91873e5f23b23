namespace UserOrder.Messaging.Consumer;

/// <summary>The event of a dependency-injection scope.</summary>
internal sealed class CurrentEvent
{
    private EventContext? _context;

    /// <exception cref="InvalidOperationException">The scope is not that of an event.</exception>
    public EventContext Context
    {
        get => _context ?? throw new InvalidOperationException(
            $"{nameof(EventContext)} exists only while an {nameof(IScopedEventHandler<>)} applies an event.");
        set => _context = value;
    }
}
