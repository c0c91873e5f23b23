using UserOrder.Messaging.Auditing;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>What operators did.</summary>
/// <param name="Items">The actions, the newest first.</param>
internal sealed record AuditOverview(IReadOnlyList<OperatorAction> Items);
