namespace UserOrder.Messaging.Broker;

/// <summary>Handles an event of the AMQP client, which awaits every handler.</summary>
internal static class AmqpEvent
{
    /// <summary>Runs an action that does not wait.</summary>
    public static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
