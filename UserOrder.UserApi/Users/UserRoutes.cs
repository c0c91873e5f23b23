using Microsoft.Net.Http.Headers;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.UserApi.Users;

/// <summary>The routes of the users' HTTP API.</summary>
internal static class UserRoutes
{
    /// <summary>Maps <c>/v1/users</c>, and <c>/users</c> as its alias for clients that know no version.</summary>
    public static void MapUsers(this WebApplication app)
    {
        MapUsers(app.MapApiVersion("v1").WithTags("Users"));
        MapUsers(app.MapApiVersionAlias("v1"));
    }

    private static void MapUsers(RouteGroupBuilder version)
    {
        version.RequireMigratedDatabase();
        version.MapPost("/users", UserCommands.CreateAsync).WithName(UserCommands.CreateUser)
            .RequireRoomInOutbox()
            .ProducesProblem(UserProblems.EmailTaken)
            .AcceptsIdempotencyKey()
            .ProducesHeader(HeaderNames.Location, "The path of the user.")
            .ProducesHeader(IdempotencyKeyHeaderAttribute.ReplayedHeaderName, IdempotencyKeyHeaderAttribute.ReplayedDescription)
            .RequireScope(UserScopes.Write);
        version.MapGet("/users/{id:guid}", UserQueries.FindAsync).WithName("findUser")
            .ProducesProblem(UserProblems.UserNotFound)
            .RequireScope(UserScopes.Read);
        version.MapGet("/users", UserQueries.ListAsync).WithName("listUsers").RequireScope(UserScopes.Read);
    }
}
