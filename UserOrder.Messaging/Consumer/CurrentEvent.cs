namespace UserOrder.Messaging.Consumer;

/// <summary>The event of a dependency-injection scope.</summary>
internal sealed class CurrentEvent
{
    /// <summary>The event; null if the scope is not that of an event.</summary>
    public EventContext? ContextIfAny { get; private set; }

    /// <exception cref="InvalidOperationException">The scope is not that of an event.</exception>
    public EventContext Context
    {
        get => ContextIfAny ?? throw new InvalidOperationException(
            $"{nameof(EventContext)} exists only while an {nameof(IScopedEventHandler<>)} applies an event.");
        set => ContextIfAny = value;
    }
}
