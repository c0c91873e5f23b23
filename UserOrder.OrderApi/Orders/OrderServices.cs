using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.OrderApi.Orders;

/// <summary>The services that placing an order takes.</summary>
internal sealed record OrderServices(
    OrderPlacement Placement, OrderStore Orders, IdempotentRequests Requests, AccessControl Access, TimeProvider Time);
