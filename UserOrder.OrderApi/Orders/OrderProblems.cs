using UserOrder.ApiDefaults.Problems;

namespace UserOrder.OrderApi.Orders;

/// <summary>The problem types of the orders' API.</summary>
internal static class OrderProblems
{
    /// <summary>The order names a user that does not exist.</summary>
    public static readonly ProblemType UnknownUser = new("unknown-user", 422, "There is no such user.");

    /// <summary>UserApi does not answer whether the user exists.</summary>
    public static readonly ProblemType UserApiUnavailable = new("user-api-unavailable", 503, "The user cannot be checked at the moment.");
}
