using UserOrder.ApiDefaults.Problems;

namespace UserOrder.UserApi.Users;

/// <summary>The problem types of the users' API.</summary>
internal static class UserProblems
{
    /// <summary>There is no such user.</summary>
    /// <remarks>Any service answers an unknown address with this type, so OrderApi relies on the id.</remarks>
    public static readonly ProblemType UserNotFound = ProblemTypes.NotFound with { Title = "There is no such user.", IdMember = "userId" };

    /// <summary>Another user has this email already.</summary>
    public static readonly ProblemType EmailTaken = new("email-taken", 409, "The email is taken.");
}
