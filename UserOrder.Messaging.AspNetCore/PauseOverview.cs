using UserOrder.Messaging.Pausing;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>What an operator can pause in a service.</summary>
/// <param name="Items">The relay and each consumer.</param>
internal sealed record PauseOverview(IReadOnlyList<PauseState> Items);
