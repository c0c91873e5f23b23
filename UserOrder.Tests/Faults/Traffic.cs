using System.Collections.Concurrent;

namespace UserOrder.Tests.Faults;

/// <summary>
/// Clients that create users and place orders continuously, also during faults. Half of the requests have an idempotency key and are
/// retried until the answer is 201; the other half is sent once.
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
        // Retries alternate with new requests, so that an outage of one service does not stop requests to the other.
        for (var turn = 0; !end.IsCancellationRequested; turn++)
        {
            await SendAsync(turn % 2 == 0 && _unanswered.TryDequeue(out var retry) ? retry : NextIntent());
        }

        while (!giveUp.IsCancellationRequested && _unanswered.TryDequeue(out var retry))
        {
            await SendAsync(retry);
        }
    }

    private Intent NextIntent()
    {
        var withKey = Random.Shared.Next(2) == 0;
        return Random.Shared.Next(2) == 0 && ledger.AnyUser() is { } userId
            ? ledger.AskForOrder(userId, withKey)
            : ledger.AskForUser(withKey);
    }

    private async Task SendAsync(Intent intent)
    {
        var replicas = intent.UserId is null ? userApis : orderApis;
        if (await client.SendAsync(intent, replicas[Random.Shared.Next(replicas.Length)], CancellationToken.None) is null && intent.HasKey)
        {
            _unanswered.Enqueue(intent);
        }

        await Task.Delay(Pause, CancellationToken.None);
    }
}
