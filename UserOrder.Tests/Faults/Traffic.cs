using System.Collections.Concurrent;

namespace UserOrder.Tests.Faults;

/// <summary>
/// Clients that create users and place orders continuously, also during faults. Half of the requests have an idempotency key and are
/// retried until the answer is 201; the other half is sent once. After every fourth request on average, the client reads.
/// </summary>
internal sealed class Traffic(Ledger ledger, Client client, string[] userApis, string[] orderApis)
{
    private const int Clients = 8;

    // Limits the rate, so that the audit of a long run stays fast.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<Intent> _unanswered = new();

    public Traffic(FaultySystem system, Client client)
        : this(system.Ledger, client, FaultySystem.UserApis, FaultySystem.OrderApis)
    {
    }

    /// <summary>Runs during an action, then finishes the requests with a key.</summary>
    public async Task RunDuringAsync(Func<Task> action)
    {
        using var end = new CancellationTokenSource();
        var traffic = RunAsync(end.Token);
        try
        {
            await action();
        }
        finally
        {
            await end.CancelAsync();
            await traffic;
        }
    }

    /// <summary>Runs until <paramref name="end"/> is cancelled, then finishes the requests with a key.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        using var giveUp = new CancellationTokenSource();
        await using var registration = end.UnsafeRegister(_ => giveUp.CancelAfter(LastAnswers), null);
        await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => Task.Run(() => ClientAsync(end, giveUp.Token), CancellationToken.None)));
    }

    private async Task ClientAsync(CancellationToken end, CancellationToken giveUp)
    {
        var number = ledger.History.NextClient();
        Guid? lastRead = null;

        // Retries alternate with new requests, so that an outage of one service does not stop requests to the other.
        for (var turn = 0; !end.IsCancellationRequested; turn++)
        {
            var intent = turn % 2 == 0 && _unanswered.TryDequeue(out var retry) ? retry : NextIntent();
            await SendAsync(intent, number);
            if (Random.Shared.Next(4) == 0)
            {
                lastRead = await ReadAsync(lastRead, intent, number);
            }

            await Task.Delay(Pause, CancellationToken.None);
        }

        while (!giveUp.IsCancellationRequested && _unanswered.TryDequeue(out var retry))
        {
            await SendAsync(retry, number);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private Intent NextIntent()
    {
        var withKey = Random.Shared.Next(2) == 0;
        return Random.Shared.Next(2) == 0 && ledger.AnyUser() is { } userId
            ? ledger.AskForOrder(userId, withKey)
            : ledger.AskForUser(withKey);
    }

    private async Task SendAsync(Intent intent, int number)
    {
        var replica = OneOf(intent.UserId is null ? userApis : orderApis);
        if (await client.SendAsync(intent, replica, CancellationToken.None, number) is null && intent.HasKey)
        {
            _unanswered.Enqueue(intent);
        }
    }

    /// <summary>Reads the user that the client has read before, or the one of its request: the rules are about such reads.</summary>
    /// <returns>The user that was read.</returns>
    private async Task<Guid?> ReadAsync(Guid? lastRead, Intent intent, int number)
    {
        var ofRequest = intent.UserId ?? intent.CreatedId;
        var user = Random.Shared.Next(2) == 0 ? lastRead ?? ofRequest : ofRequest ?? lastRead;
        if (user is { } userId)
        {
            await (Random.Shared.Next(2) == 0
                ? client.ReadUserAsync(userId, OneOf(userApis), number, CancellationToken.None)
                : client.ReadOrdersAsync(userId, OneOf(orderApis), number, CancellationToken.None));
        }

        return user;
    }

    private static string OneOf(string[] replicas) => replicas[Random.Shared.Next(replicas.Length)];
}
