using UserOrder.Messaging.Events;

namespace UserOrder.UserApi.Users;

/// <summary>The examples in the OpenAPI document, one for each type of a body.</summary>
internal static class UserExamples
{
    private static readonly Guid Id = Guid.Parse("01a208d9-b9e2-716d-a579-8d90e94b5f64");
    private static readonly DateTimeOffset CreatedAt = DateTimeOffset.UnixEpoch.AddMilliseconds(0x01a208d9b9e2);
    private static readonly UserResponse Ada = new(Id, "Ada Lovelace", "ada@example.com", CreatedAt);

    public static readonly object[] All =
    [
        new CreateUserRequest { Name = Ada.Name, Email = Ada.Email },
        Ada,
        new UserDetails(Id, Ada.Name, Ada.Email, CreatedAt, OrderCount: 1, CreatedAt.AddMinutes(1)),
        new UserPage([Ada], Next: null, TimeOrderedId.OneMinuteBefore(Id)),
    ];
}
