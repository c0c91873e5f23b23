namespace UserOrder.Tests.Faults;

/// <summary>Clients that create users and place orders without a pause, whatever state the system is in.</summary>
internal sealed class Traffic(FaultySystem system, Client client)
{
    /// <summary>Whether half of the requests carry an idempotency key and are sent until they are answered 201.</summary>
    public const bool SendsKeys = false;

    private const int Clients = 8;

    // Bounds the rate, so that a long run's data can still be compared row by row.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(60);

    /// <summary>Runs until it is told to end; what has a key is brought to its answer first.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        using var giveUp = new CancellationTokenSource();
        await using var registration = end.UnsafeRegister(_ => giveUp.CancelAfter(LastAnswers), null);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => ClientAsync(end, giveUp.Token), CancellationToken.None)));
    }

    private async Task ClientAsync(CancellationToken end, CancellationToken giveUp)
    {
        for (var turn = 0; !end.IsCancellationRequested; turn++)
        {
            var withKey = SendsKeys && turn % 2 == 0;
            if (Random.Shared.Next(2) == 0 && system.Ledger.AnyUser() is { } userId)
            {
                await SendAsync(system.Ledger.AskForOrder(userId, withKey), FaultySystem.OrderApis, giveUp);
            }
            else
            {
                await SendAsync(system.Ledger.AskForUser(withKey), FaultySystem.UserApis, giveUp);
            }
        }
    }

    private async Task SendAsync(Intent intent, string[] replicas, CancellationToken giveUp)
    {
        Guid? answer;
        do
        {
            answer = await client.SendAsync(intent, replicas[Random.Shared.Next(replicas.Length)], CancellationToken.None);
            await Task.Delay(Pause, CancellationToken.None);
        }
        while (answer is null && intent.HasKey && !giveUp.IsCancellationRequested);
    }
}
