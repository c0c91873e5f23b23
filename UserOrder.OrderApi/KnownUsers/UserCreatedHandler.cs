using Npgsql;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>Keeps the copy of the known users up to date.</summary>
internal sealed class UserCreatedHandler : IEventHandler<UserCreated>
{
    public async Task HandleAsync(IReadOnlyList<ReceivedEvent<UserCreated>> events, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = KnownUserStore.CreateAdd([.. events.Select(created => created.Data.Id)]);
        command.Connection = transaction.Connection;
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
