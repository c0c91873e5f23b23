using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.UserApi.Users;

/// <summary>The services that creating a user takes.</summary>
internal sealed record UserServices(UserStore Users, IdempotentRequests Requests, AccessControl Access, TimeProvider Time);
