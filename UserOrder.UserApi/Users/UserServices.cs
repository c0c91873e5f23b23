using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.UserApi.Users;

/// <summary>The parameters of creating a user besides its caller and body.</summary>
internal sealed record UserServices(
    [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader, Description(IdempotencyKeyHeaderAttribute.Description)]
    string? IdempotencyKey,
    IdempotentRequests Requests,
    UserStore Users,
    TimeProvider Time,
    HttpResponse Response);
