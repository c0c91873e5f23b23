using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Idempotency;
using UserOrder.Messaging.Outbox;
using UserOrder.ServiceDefaults;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;
using UserOrder.ApiDefaults.Versioning;

namespace UserOrder.UserApi.Users;

/// <summary>The users' HTTP API.</summary>
internal static class UserEndpoints
{
    // For a parameter that may be null: the request delegate generator takes what is no number for the type's default, which is then validated.
    private const int DefaultLimit = 20;

    public static void AddUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UserStore>();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, UserJson.Default));
    }

    /// <summary>Maps <c>/v1/users</c>, and <c>/users</c> as its alias for clients that know no version.</summary>
    public static void MapUsers(this WebApplication app)
    {
        MapUsers(app.MapApiVersion("v1").WithTags("Users"));
        MapUsers(app.MapApiVersionAlias("v1"));
    }

    private static void MapUsers(RouteGroupBuilder version)
    {
        version.RequireMigratedDatabase();
        version.MapPost("/users", CreateAsync).RequireRoomInOutbox().WithMetadata(UserOperations.Create).RequireScope(Scopes.UsersWrite);
        version.MapGet("/users/{id:guid}", FindAsync).WithMetadata(UserOperations.Find).RequireScope(Scopes.UsersRead);
        version.MapGet("/users", ListAsync).WithMetadata(UserOperations.List).RequireScope(Scopes.UsersRead);
    }

    [EndpointSummary("Create a user")]
    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> CreateAsync(
        CreateUserRequest request,
        [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader, Description(IdempotencyKeyHeaderAttribute.Description)]
        string? idempotencyKey,
        UserStore users,
        IdempotentRequests requests,
        AccessControl access,
        HttpContext context,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var attempt = await requests.BeginAsync(idempotencyKey, access.CallerOf(context), request, UserJson.Default.CreateUserRequest, cancellationToken);
        if (attempt.State == IdempotencyState.New)
        {
            var now = time.GetUtcNowInMicroseconds();
            var user = new UserResponse(TimeOrderedId.New(now), request.Name, request.Email, now);
            switch (await users.AddAsync(user, attempt.Key, cancellationToken))
            {
                case UserAddition.Added:
                    return Created(user);
                case UserAddition.EmailTaken:
                    return EmailTaken();
            }

            await attempt.LookUpAgainAsync(cancellationToken);
        }

        switch (attempt.State)
        {
            case IdempotencyState.Done:
                context.Response.Headers[IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true";
                return await users.FindAsync(attempt.EntityId, cancellationToken) is { } first
                    ? Created(new UserResponse(first.Id, first.Name, first.Email, first.CreatedAt))
                    : EmailTaken();
            case IdempotencyState.Reused:
                return IdempotencyProblems.KeyReused();
            default:
                return IdempotencyProblems.KeyInFlight(context.Response);
        }
    }

    [EndpointSummary("Find a user, with the number of their orders")]
    private static async Task<Results<Ok<UserDetails>, ProblemHttpResult>> FindAsync(
        Guid id, UserStore users, AccessControl access, HttpContext context, CancellationToken cancellationToken)
    {
        if (!access.Reaches(context, Scopes.UsersRead, id))
        {
            return AccessControl.Refuse();
        }

        return await users.FindAsync(id, cancellationToken) is { } user
            ? TypedResults.Ok(user)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound,
                type: ProblemTypes.NotFound,
                title: "There is no such user.",
                detail: $"No user has the id {id}.");
    }

    [EndpointSummary("List users in the order of their creation")]
    private static async Task<Results<Ok<UserPage>, ProblemHttpResult>> ListAsync(
        UserStore users,
        AccessControl access,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("The next of the page before; left out for the first page.")] Guid? after = null,
        [Range(1, 100)] int? limit = DefaultLimit) =>
        access.ReachesAny(context, Scopes.UsersRead)
            ? TypedResults.Ok(await users.ListAsync(after ?? Guid.Empty, limit ?? DefaultLimit, cancellationToken))
            : AccessControl.Refuse();

    private static Created<UserResponse> Created(UserResponse user) => TypedResults.Created($"/v1/users/{user.Id}", user);

    private static ProblemHttpResult EmailTaken() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            type: ProblemTypes.EmailTaken,
            title: "The email is taken.",
            detail: "Another user has this email, ignoring case.");
}
