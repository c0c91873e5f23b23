using UserOrder.Messaging.Events;

namespace UserOrder.UserApi.Users;

/// <summary>A user was created.</summary>
internal sealed record UserCreated(Guid Id, string Name, string Email, DateTimeOffset CreatedAt)
{
    public static readonly EventType<UserCreated> V1 = new("user.created.v1", UserJson.Default.UserCreated);
}
