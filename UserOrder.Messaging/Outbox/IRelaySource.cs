namespace UserOrder.Messaging.Outbox;

/// <summary>Where a lane of the relay takes its events from.</summary>
internal interface IRelaySource
{
    /// <summary>Waits until events may wait.</summary>
    Task WaitAsync(CancellationToken cancellationToken);

    /// <summary>Claims events, so that no other lane publishes them meanwhile.</summary>
    /// <param name="limit">The most events.</param>
    /// <param name="cancellationToken">Cancels the claim.</param>
    /// <returns>The claimed events; null if none waits.</returns>
    /// <exception cref="Npgsql.NpgsqlException">The database or its standby did not answer.</exception>
    Task<IRelayClaim?> ClaimAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>Events that one lane publishes. Without <see cref="SettleAsync"/> they stay in the outbox.</summary>
internal interface IRelayClaim : IAsyncDisposable
{
    /// <summary>The events, at least one.</summary>
    IReadOnlyList<OutboxRow> Rows { get; }

    /// <summary>Deletes the confirmed events from the outbox, and lets the others wait for their next attempt.</summary>
    /// <param name="confirmed">The events that the broker confirmed.</param>
    /// <param name="kept">The other events.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database did not answer. The relay then publishes the events again.</exception>
    Task SettleAsync(IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept);
}
