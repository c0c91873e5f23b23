using UserOrder.ApiDefaults.Problems;

namespace UserOrder.UserApi.Users;

/// <summary>The problem types of the users' API.</summary>
internal static class UserProblems
{
    /// <summary>Another user has this email already.</summary>
    public static readonly ProblemType EmailTaken = new("email-taken", 409, "The email is taken.");
}
