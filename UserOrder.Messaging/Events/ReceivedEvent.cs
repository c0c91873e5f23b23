namespace UserOrder.Messaging.Events;

/// <summary>An event that has not taken effect in this service before.</summary>
/// <param name="Id">The CloudEvents <c>id</c>, the key of the inbox.</param>
/// <param name="Subject">The entity that the event is about, usually its id; <see langword="null"/> if the producer named none.</param>
/// <param name="Time">When the event happened, by the producer's clock.</param>
/// <param name="Data">The event's content.</param>
public sealed record ReceivedEvent<TData>(Guid Id, string? Subject, DateTimeOffset Time, TData Data);
