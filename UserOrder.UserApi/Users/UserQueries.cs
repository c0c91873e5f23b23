using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.UserApi.Users;

/// <summary>The handlers that read users.</summary>
internal static class UserQueries
{
    // The parameter is nullable, because the request delegate generator binds a text without a number to 0 for a plain int.
    private const int DefaultLimit = 20;

    [EndpointSummary("Find a user, with the number of their orders")]
    public static async Task<Results<Ok<UserDetails>, ProblemHttpResult>> FindAsync(
        Guid id, UserStore users, [AsParameters] Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.Reaches(UserScopes.Read, id))
        {
            return AccessControl.Refuse();
        }

        return await users.FindAsync(id, cancellationToken) is { } user
            ? TypedResults.Ok(user)
            : UserProblems.UserNotFound.ToResult($"No user has the id {id}.", id);
    }

    [EndpointSummary("List users in the order of their creation")]
    public static async Task<Results<Ok<UserPage>, ProblemHttpResult>> ListAsync(
        UserStore users,
        [AsParameters] Caller caller,
        CancellationToken cancellationToken,
        [Description("The next of the previous page, or the resume of an earlier one; omit it for the first page.")] Guid? after = null,
        [Range(1, 100)] int? limit = DefaultLimit) =>
        caller.ReachesAny(UserScopes.Read)
            ? TypedResults.Ok(await users.ListAsync(after, limit ?? DefaultLimit, cancellationToken))
            : AccessControl.Refuse();
}
