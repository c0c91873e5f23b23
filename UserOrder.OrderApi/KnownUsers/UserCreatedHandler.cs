using Npgsql;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>Keeps the copy of the known users up to date.</summary>
internal sealed class UserCreatedHandler : IEventHandler<UserCreated>
{
    public Task HandleAsync(IReadOnlyList<ReceivedEvent<UserCreated>> events, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        KnownUserStore.AddAsync(transaction.Connection!, events.Select(created => created.Data.Id), cancellationToken);
}
