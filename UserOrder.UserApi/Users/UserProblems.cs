using UserOrder.ApiDefaults.Problems;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.UserApi.Users;

/// <summary>The problem types of the users' API.</summary>
internal static class UserProblems
{
    /// <summary>Another user has this email already.</summary>
    public static readonly ProblemType EmailTaken = new("email-taken", 409, "The email is taken.");

    /// <summary>The database is unreachable, or its schema is not ready.</summary>
    public static readonly ProblemType DatabaseUnavailable = Of(MessagingProblems.DatabaseUnavailable);

    /// <summary>The outbox has reached its limits.</summary>
    public static readonly ProblemType OutboxFull = Of(MessagingProblems.OutboxFull);

    private static ProblemType Of(MessagingProblem problem) => new(problem.Name, problem.Status, problem.Title);
}
