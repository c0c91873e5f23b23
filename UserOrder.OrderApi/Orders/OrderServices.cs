using System.Security.Claims;
using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.OrderApi.Orders;

/// <summary>The parameters of placing an order that the request does not state.</summary>
internal sealed record OrderServices(
    IdempotentRequests Requests,
    OrderPlacement Placement,
    OrderStore Orders,
    TimeProvider Time,
    AccessControl Access,
    ClaimsPrincipal Claims,
    HttpResponse Response)
{
    public Caller Caller => new(Access, Claims);
}
