using System.Collections.Concurrent;

namespace UserOrder.Tests.Faults;

/// <summary>
/// Clients that create users and place orders without a pause, whatever state the system is in. Half of what they ask for has an
/// idempotency key and is sent until it is answered 201, the other half is sent once.
/// </summary>
internal sealed class Traffic(Ledger ledger, Client client, string[] userApis, string[] orderApis)
{
    private const int Clients = 8;

    // Bounds the rate, so that a long run's data can still be compared row by row.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<Intent> _unanswered = new();

    public Traffic(FaultySystem system, Client client)
        : this(system.Ledger, client, FaultySystem.UserApis, FaultySystem.OrderApis)
    {
    }

    /// <summary>Runs until it is told to end; what has a key is brought to its answer first.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        using var giveUp = new CancellationTokenSource();
        await using var registration = end.UnsafeRegister(_ => giveUp.CancelAfter(LastAnswers), null);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => ClientAsync(end, giveUp.Token), CancellationToken.None)));
    }

    private async Task ClientAsync(CancellationToken end, CancellationToken giveUp)
    {
        // Retries take turns with new requests: what one service does not answer holds up nothing that is meant for the other.
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
