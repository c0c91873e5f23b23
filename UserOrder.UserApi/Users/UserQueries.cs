using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Paging;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.UserApi.Users;

/// <summary>The handlers that read users.</summary>
internal static class UserQueries
{
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
            : ProblemTypes.NotFound.ToResult($"No user has the id {id}.", "There is no such user.");
    }

    [EndpointSummary("List users in the order of their creation")]
    public static async Task<Results<Ok<UserPage>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageRequest page, UserStore users, [AsParameters] Caller caller, CancellationToken cancellationToken) =>
        caller.ReachesAny(UserScopes.Read)
            ? TypedResults.Ok(await users.ListAsync(page.After ?? Guid.Empty, page.Size, cancellationToken))
            : AccessControl.Refuse();
}
