using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;
using UserOrder.ServiceDefaults;
using UserOrder.ServiceDefaults.Problems;

namespace UserOrder.UserApi.Users;

/// <summary>The users' HTTP API.</summary>
internal static class UserEndpoints
{
    public static void AddUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UserStore>();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, UserJson.Default));
    }

    /// <summary>Maps <c>/v1/users</c>, and <c>/users</c> as its alias for clients that know no version.</summary>
    public static void MapUsers(this WebApplication app)
    {
        MapUsers(app.MapGroup("/v1").WithTags("Users"));
        MapUsers(app.MapGroup("").ExcludeFromDescription());
    }

    private static void MapUsers(RouteGroupBuilder version)
    {
        version.RequireMigratedDatabase();
        version.MapPost("/users", CreateAsync).RequireRoomInOutbox().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        version.MapGet("/users/{id:guid}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        version.MapGet("/users", ListAsync).ProducesValidationProblem();
    }

    [EndpointSummary("Create a user")]
    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> CreateAsync(
        CreateUserRequest request, UserStore users, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNowInMicroseconds();
        var user = new UserResponse(Guid.CreateVersion7(now), request.Name, request.Email, now);
        return await users.AddAsync(user, cancellationToken)
            ? TypedResults.Created($"/v1/users/{user.Id}", user)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                type: ProblemTypes.EmailTaken,
                title: "The email is taken.",
                detail: "Another user has this email, ignoring case.");
    }

    [EndpointSummary("Find a user, with the number of their orders")]
    private static async Task<Results<Ok<UserDetails>, ProblemHttpResult>> FindAsync(
        Guid id, UserStore users, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is { } user
            ? TypedResults.Ok(user)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound,
                type: ProblemTypes.NotFound,
                title: "There is no such user.",
                detail: $"No user has the id {id}.");

    [EndpointSummary("List users in the order of their creation")]
    private static async Task<Ok<UserPage>> ListAsync(
        UserStore users,
        CancellationToken cancellationToken,
        [Description("The next of the page before; left out for the first page.")] Guid? after = null,
        [Range(1, 100)] int limit = 20) =>
        TypedResults.Ok(await users.ListAsync(after ?? Guid.Empty, limit, cancellationToken));
}
