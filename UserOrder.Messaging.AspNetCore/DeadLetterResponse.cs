using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The queues of a service.</summary>
/// <param name="Queues">Each queue that the service consumes from.</param>
internal sealed record DeadLetterOverview(IReadOnlyList<DeadLetterCount> Queues);

/// <summary>The oldest dead letters of a queue.</summary>
/// <param name="Items">The dead letters, the oldest first.</param>
internal sealed record DeadLetterPage(IReadOnlyList<DeadLetterSummary> Items);

/// <summary>The effect of a replay.</summary>
/// <param name="Replayed">The number of messages that returned to their queue; copies of one message count once.</param>
internal sealed record ReplayResult(int Replayed);
