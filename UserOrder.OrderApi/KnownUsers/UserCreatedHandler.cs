using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>Keeps the copy of the known users up to date.</summary>
internal sealed class UserCreatedHandler : IEventHandler<UserCreated>
{
    public Task HandleAsync(
        IReadOnlyList<ReceivedEvent<UserCreated>> events, OutboxTransaction transaction, CancellationToken cancellationToken) =>
        KnownUserStore.AddAsync(transaction, events.Select(created => created.Data.Id), cancellationToken);
}
