using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The queues of a service.</summary>
/// <param name="Queues">Each queue that the service consumes from.</param>
internal sealed record DeadLetterOverview(IReadOnlyList<DeadLetterCount> Queues);

/// <summary>The effect of a replay.</summary>
/// <param name="Replayed">The number of messages that returned to their queue; copies of one message count once.</param>
internal sealed record ReplayResult(int Replayed);

/// <summary>The effect of a discard.</summary>
/// <param name="Discarded">The number of deleted messages; copies of one message count once.</param>
internal sealed record DiscardResult(int Discarded);
