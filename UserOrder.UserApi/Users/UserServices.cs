using System.Security.Claims;
using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.UserApi.Users;

/// <summary>The parameters of creating a user that the request does not state.</summary>
internal sealed record UserServices(
    IdempotentRequests Requests, UserStore Users, TimeProvider Time, AccessControl Access, ClaimsPrincipal Claims, HttpResponse Response)
{
    public Caller Caller => new(Access, Claims);
}
