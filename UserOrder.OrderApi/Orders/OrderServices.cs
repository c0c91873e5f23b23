using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.OrderApi.Orders;

/// <summary>The parameters of placing an order besides its caller and body.</summary>
internal sealed record OrderServices(
    [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader, Description(IdempotencyKeyHeaderAttribute.Description)]
    string? IdempotencyKey,
    IdempotentRequests Requests,
    OrderPlacement Placement,
    OrderStore Orders,
    TimeProvider Time,
    HttpResponse Response);
