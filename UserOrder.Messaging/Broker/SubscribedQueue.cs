namespace UserOrder.Messaging.Broker;

/// <summary>A queue from which the service consumes one event type. The service also manages its dead letters.</summary>
internal sealed record SubscribedQueue(string Name, string EventType)
{
    private readonly TaskCompletionSource _declared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the consumer has declared the queue and its dead letters for the first time.</summary>
    public Task Declared => _declared.Task;

    public void SetDeclared() => _declared.TrySetResult();
}
