using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Tests.Contracts.NewVersion;

/// <summary>
/// Applies both versions. The two events of one user have different ids, so the inbox does not recognise them as duplicates. The effect
/// is keyed by the user instead: the second event changes nothing.
/// </summary>
internal sealed class UserHandler : IEventHandler<UserCreatedV1>, IEventHandler<UserCreatedV2>
{
    public const string Schema =
        "create table welcomed (user_id uuid primary key, version int not null); create table welcomes (user_id uuid not null)";

    public Task HandleAsync(
        IReadOnlyList<ReceivedEvent<UserCreatedV1>> events, OutboxTransaction transaction, CancellationToken cancellationToken) =>
        WelcomeAsync(transaction, 1, [.. events.Select(created => created.Data.Id)], cancellationToken);

    public Task HandleAsync(
        IReadOnlyList<ReceivedEvent<UserCreatedV2>> events, OutboxTransaction transaction, CancellationToken cancellationToken) =>
        WelcomeAsync(transaction, 2, [.. events.Select(created => created.Data.Id)], cancellationToken);

    private static async Task WelcomeAsync(OutboxTransaction transaction, int version, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = transaction.CreateCommand(
            """
            with new as (
              insert into welcomed (user_id, version) select id, $2 from unnest($1) as id order by id
              on conflict do nothing returning user_id
            )
            insert into welcomes (user_id) select user_id from new
            """);
        command.Parameters.AddWithValue(ids);
        command.Parameters.AddWithValue(version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
