using RabbitMQ.Client.Events;

namespace UserOrder.Messaging.Outbox;

/// <summary>A channel to a broker that confirms every event.</summary>
internal sealed class ConfirmingPublisher(Action<OutboxMessage> publish) : IAsyncDisposable
{
    private readonly TaskCompletionSource _lost = new();

    public Task Lost => _lost.Task;

    public ShutdownEventArgs? Close => null;

    public async Task<PublishOutcome[]> PublishAsync(IReadOnlyList<OutboxMessage> events, int maxEvents = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        await Task.Yield();
        foreach (var message in events)
        {
            publish(message);
        }

        await Task.Yield();
        return [.. events.Select(_ => PublishOutcome.Confirmed)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
