using UserOrder.ApiDefaults.Problems;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.UserApi.Users;

/// <summary>The problem types of the users' API.</summary>
internal static class UserProblems
{
    /// <summary>Another user has this email already.</summary>
    public static readonly ProblemType EmailTaken = new("email-taken", 409, "The email is taken.");

    /// <inheritdoc cref="MessagingProblems.DatabaseUnavailable"/>
    public static readonly ProblemType DatabaseUnavailable = Of(MessagingProblems.DatabaseUnavailable);

    /// <inheritdoc cref="MessagingProblems.OutboxFull"/>
    public static readonly ProblemType OutboxFull = Of(MessagingProblems.OutboxFull);

    private static ProblemType Of(MessagingProblem problem) => new(problem.Name, problem.Status, problem.Title);
}
