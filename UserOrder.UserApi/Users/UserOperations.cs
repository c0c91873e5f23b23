using UserOrder.ApiDefaults.OpenApi;
using UserOrder.ApiDefaults.Problems;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.UserApi.Users;

/// <summary>The operations as <c>contracts/openapi/user-api.v1.json</c> states them.</summary>
internal static class UserOperations
{
    private static readonly Guid Id = Guid.Parse("01a208d9-b9e2-716d-a579-8d90e94b5f64");
    private static readonly DateTimeOffset CreatedAt = DateTimeOffset.UnixEpoch.AddMilliseconds(0x01a208d9b9e2);
    private static readonly UserResponse Ada = new(Id, "Ada Lovelace", "ada@example.com", CreatedAt);

    public static readonly OperationContract Create = new("createUser")
    {
        Request = OperationContract.Example(new CreateUserRequest { Name = Ada.Name, Email = Ada.Email }, UserJson.Default.CreateUserRequest),
        Response = OperationContract.Example(Ada, UserJson.Default.UserResponse),
        ResponseHeaders = new Dictionary<string, string>
        {
            ["Location"] = "The path of the user.",
            [IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true where the request was carried out before and this is the first answer again.",
        },
        Problems =
        [
            ProblemTypes.Validation,
            ProblemTypes.MalformedRequest,
            UserProblems.EmailTaken,
            ProblemTypes.IdempotencyKeyInFlight,
            ProblemTypes.BodyTooLarge,
            ProblemTypes.UnsupportedMediaType,
            ProblemTypes.IdempotencyKeyReused,
            UserProblems.DatabaseUnavailable,
            UserProblems.OutboxFull,
        ],
    };

    public static readonly OperationContract Find = new("findUser")
    {
        Response = OperationContract.Example(
            new UserDetails(Id, Ada.Name, Ada.Email, CreatedAt, OrderCount: 1, CreatedAt.AddMinutes(1)), UserJson.Default.UserDetails),
        Problems = [ProblemTypes.NotFound, UserProblems.DatabaseUnavailable],
    };

    public static readonly OperationContract List = new("listUsers")
    {
        Response = OperationContract.Example(new UserPage([Ada], Next: null), UserJson.Default.UserPage),
        Problems = [ProblemTypes.Validation, ProblemTypes.MalformedRequest, UserProblems.DatabaseUnavailable],
    };
}
