namespace UserOrder.Messaging.Events;

/// <summary>An event that has not taken effect in this service before.</summary>
/// <param name="Id">The CloudEvents <c>id</c>, the key of the inbox.</param>
/// <param name="Subject">What the event is about, usually the entity's id; <see langword="null"/> where the producer named nothing.</param>
/// <param name="Time">When it happened, by the producer's clock.</param>
/// <param name="Data">Its content.</param>
public sealed record ReceivedEvent<TData>(Guid Id, string? Subject, DateTimeOffset Time, TData Data);
