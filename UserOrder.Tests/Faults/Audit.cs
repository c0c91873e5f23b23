using System.Diagnostics;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.History;

namespace UserOrder.Tests.Faults;

/// <summary>
/// Compares the data in both databases and in the broker with the requests and answers in the ledger, and checks their history.
/// </summary>
internal sealed class Audit(IAuditedSystem system)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Ledger Ledger => system.Ledger;

    /// <summary>Waits up to a minute until all events have arrived, then checks.</summary>
    public async Task<AuditResult> CheckWhenQuietAsync()
    {
        await WaitForQuietAsync();
        return await CheckAsync();
    }

    /// <summary>Waits up to a minute until all events have arrived. <see cref="CheckAsync"/> reports the rest.</summary>
    public async Task WaitForQuietAsync()
    {
        await using var connection = await system.ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        var waited = Stopwatch.StartNew();
        while (!await IsQuietAsync(channel) && waited.Elapsed < Patience)
        {
            await Task.Delay(Interval, Cancelled);
        }
    }

    /// <summary>Finds lost, duplicated and unrequested entities and effects.</summary>
    public async Task<AuditResult> CheckAsync()
    {
        var result = new AuditResult();
        var (rows, haveSubjects) = await StoredRows.ReadAsync(system);
        var users = rows.OfType<EntityRow>().Where(row => row.Kind == EntityKind.User).ToList();
        var orders = rows.OfType<EntityRow>().Where(row => row.Kind == EntityKind.Order).ToList();

        CheckStored(result, Ledger.Users.Values, users);
        CheckStored(result, Ledger.Orders.Values, orders);
        CheckKnownUsers(
            result,
            [.. users.Select(user => user.Id)],
            [.. rows.OfType<KnownUserRow>().Select(user => user.Id)]);
        CheckTotals(
            result,
            orders.CountBy(order => order.UserId!.Value).ToDictionary(),
            rows.OfType<TotalRow>().ToDictionary(total => total.UserId, total => total.Count));
        await CheckInboxAsync(result, system.OrderDb, users.Count);
        await CheckInboxAsync(result, system.UserDb, orders.Count);
        await CheckOutboxesAsync(result);
        await CheckBrokerAsync(result);
        foreach (var violation in HistoryChecker.Check(Ledger.HistoryWith(rows, haveSubjects)))
        {
            result.AddWrong($"{violation}");
        }

        foreach (var wrong in Ledger.WrongAnswers)
        {
            result.AddWrong($"a wrong answer: {wrong}");
        }

        foreach (var exit in system.UnexpectedExits)
        {
            result.AddWrong($"unexpected exit: {exit}");
        }

        return result;
    }

    private static void CheckStored(AuditResult result, ICollection<Intent> intents, List<EntityRow> entities)
    {
        var stored = entities.ToLookup(entity => entity.Marker);
        foreach (var intent in intents)
        {
            var what = (intent.UserId is null ? EntityKind.User : EntityKind.Order).Noun();
            var rows = stored[intent.Marker].ToList();
            if (rows.Count > 1)
            {
                result.AddDuplicated($"the {what} {intent.Marker} is stored {rows.Count} times.");
            }

            if (intent.CreatedId is { } id && !rows.Exists(row => row.Id == id && row.UserId == intent.UserId))
            {
                result.AddLost($"the {what} {intent.Marker} was answered 201 with the id {id}, but is not stored under it.");
            }

            if (intent is { HasKey: true, CreatedId: null })
            {
                result.AddWrong($"the {what} {intent.Marker} with a key was never answered 201.");
            }
        }

        var requested = intents.Select(intent => intent.Marker).ToHashSet();
        foreach (var unrequested in entities.Where(entity => !requested.Contains(entity.Marker)))
        {
            result.AddWrong($"no client requested the {unrequested.Kind.Noun()} {unrequested.Marker}.");
        }
    }

    private static void CheckKnownUsers(AuditResult result, HashSet<Guid> users, HashSet<Guid> knownUsers)
    {
        foreach (var lost in users.Except(knownUsers))
        {
            result.AddLost($"OrderApi does not know the user {lost}.");
        }

        foreach (var nonexistent in knownUsers.Except(users))
        {
            result.AddWrong($"OrderApi knows the user {nonexistent}, who does not exist.");
        }
    }

    private static void CheckTotals(AuditResult result, Dictionary<Guid, int> orders, Dictionary<Guid, long> totals)
    {
        foreach (var userId in orders.Keys.Union(totals.Keys))
        {
            var (placed, counted) = (orders.GetValueOrDefault(userId), totals.GetValueOrDefault(userId));
            if (counted < placed)
            {
                result.AddLost($"the user {userId} has {placed} orders, of which UserApi has counted {counted}.");
            }
            else if (counted > placed)
            {
                result.AddDuplicated($"the user {userId} has {placed} orders, and UserApi has counted {counted}.");
            }
        }
    }

    /// <summary>
    /// Each event is in the inbox once. Only the inbox shows a lost user event, because OrderApi asks UserApi for an unknown user.
    /// </summary>
    private static async Task CheckInboxAsync(AuditResult result, NpgsqlDataSource database, int events)
    {
        var received = await CountAsync(database, "inbox");
        if (received < events)
        {
            result.AddLost($"{events} events were caused, and {received} have been received.");
        }
        else if (received > events)
        {
            result.AddDuplicated($"{events} events were caused, and {received} have been received.");
        }
    }

    private async Task CheckOutboxesAsync(AuditResult result)
    {
        foreach (var database in new[] { system.UserDb, system.OrderDb })
        {
            var waiting = await CountAsync(database, "outbox");
            if (waiting > 0)
            {
                result.AddWrong($"{waiting} events are still in an outbox.");
            }
        }
    }

    private async Task<bool> IsQuietAsync(IChannel channel)
    {
        foreach (var queue in Queues.ByType.Values)
        {
            if (await channel.MessageCountAsync(queue, Cancelled) > 0)
            {
                return false;
            }
        }

        await CollectDeadLettersAsync(channel);
        return await CountAsync(system.UserDb, "outbox") == 0
            && await CountAsync(system.OrderDb, "outbox") == 0
            && await CountAsync(system.OrderDb, "inbox") == await CountAsync(system.UserDb, "users")
            && await CountAsync(system.UserDb, "inbox") == await CountAsync(system.OrderDb, "orders")
            && Ledger.Poison.Keys.All(Ledger.DeadLetters.ContainsKey);
    }

    private static Task<long> CountAsync(NpgsqlDataSource database, string table) =>
        Sql.CountAsync(database, $"select count(*) from {table}");

    /// <remarks>It consumes the messages instead of counting them: RabbitMQ 3.10 may report too low a count after a restart.</remarks>
    private async Task CheckBrokerAsync(AuditResult result)
    {
        await using var connection = await system.ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        foreach (var queue in Queues.ByType.Values)
        {
            while (await channel.BasicGetAsync(queue, autoAck: true, Cancelled) is { } left)
            {
                result.AddWrong($"{queue} still holds the message {left.BasicProperties.MessageId}.");
            }
        }

        await CollectDeadLettersAsync(channel);
        foreach (var (id, queue) in Ledger.Poison.Except(Ledger.DeadLetters))
        {
            result.AddLost($"the unreadable message {id} is not a dead letter of {queue}.");
        }

        foreach (var (id, queue) in Ledger.DeadLetters.Except(Ledger.Poison))
        {
            result.AddWrong($"no test injected the dead letter {id} of {queue}.");
        }
    }

    /// <summary>Counts copies as one: a crash between the confirm of a dead letter and the acknowledgement leaves two copies.</summary>
    private async Task CollectDeadLettersAsync(IChannel channel)
    {
        foreach (var queue in Queues.ByType.Values)
        {
            while (await channel.BasicGetAsync($"{queue}.dead", autoAck: true, Cancelled) is { } dead)
            {
                Ledger.DeadLetters[dead.BasicProperties.MessageId ?? ""] = queue;
            }
        }
    }
}
