using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Idempotency;
using UserOrder.ServiceDefaults;

namespace UserOrder.UserApi.Users;

/// <summary>The users' HTTP API.</summary>
internal static class UserEndpoints
{
    // For a parameter that may be null: the request delegate generator takes what is no number for the type's default, which is then validated.
    private const int DefaultLimit = 20;

    public static void AddUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UserStore>();
        builder.Services.AddSingleton(new CrossOriginHeaders(IdempotencyKeyHeaderAttribute.HeaderName, IdempotencyKeyHeaderAttribute.ReplayedHeaderName));
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
        version.MapPost("/users", CreateAsync).RequireRoomInOutbox().WithMetadata(UserOperations.Create).RequireScope(UserScopes.Write);
        version.MapGet("/users/{id:guid}", FindAsync).WithMetadata(UserOperations.Find).RequireScope(UserScopes.Read);
        version.MapGet("/users", ListAsync).WithMetadata(UserOperations.List).RequireScope(UserScopes.Read);
    }

    [EndpointSummary("Create a user")]
    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> CreateAsync(
        CreateUserRequest request,
        [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader, Description(IdempotencyKeyHeaderAttribute.Description)]
        string? idempotencyKey,
        [AsParameters] UserServices services,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var repeatable = new IdempotentRequest<CreateUserRequest>(
            "createUser", idempotencyKey, services.Access.CallerOf(context), request, UserJson.Default.CreateUserRequest);
        return await services.Requests.RunAsync(
            repeatable,
            write: key => AddAsync(request, key, services, cancellationToken),
            replay: id => ReplayAsync(id, services.Users, context.Response, cancellationToken),
            refuse: refusal => IdempotencyProblems.Of(refusal == IdempotencyRefusal.KeyReused, context.Response),
            cancellationToken);
    }

    /// <returns>Null where another request has stored the key.</returns>
    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>?> AddAsync(
        CreateUserRequest request, IdempotencyKey? key, UserServices services, CancellationToken cancellationToken)
    {
        var now = services.Time.GetUtcNowInMicroseconds();
        var user = new UserResponse(TimeOrderedId.New(now), request.Name, request.Email, now);
        return await services.Users.AddAsync(user, key, cancellationToken) switch
        {
            UserAddition.Added => Created(user),
            UserAddition.EmailTaken => EmailTaken(),
            _ => null,
        };
    }

    /// <summary>Answers a retry as the first request was answered.</summary>
    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> ReplayAsync(
        Guid id, UserStore users, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers[IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true";
        return await users.FindAsync(id, cancellationToken) is { } first
            ? Created(new UserResponse(first.Id, first.Name, first.Email, first.CreatedAt))
            : EmailTaken();
    }

    [EndpointSummary("Find a user, with the number of their orders")]
    private static async Task<Results<Ok<UserDetails>, ProblemHttpResult>> FindAsync(
        Guid id, UserStore users, AccessControl access, HttpContext context, CancellationToken cancellationToken)
    {
        if (!access.Reaches(context, UserScopes.Read, id))
        {
            return AccessControl.Refuse();
        }

        return await users.FindAsync(id, cancellationToken) is { } user
            ? TypedResults.Ok(user)
            : ProblemTypes.NotFound.ToResult($"No user has the id {id}.", "There is no such user.");
    }

    [EndpointSummary("List users in the order of their creation")]
    private static async Task<Results<Ok<UserPage>, ProblemHttpResult>> ListAsync(
        UserStore users,
        AccessControl access,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("The next of the page before; left out for the first page.")] Guid? after = null,
        [Range(1, 100)] int? limit = DefaultLimit) =>
        access.ReachesAny(context, UserScopes.Read)
            ? TypedResults.Ok(await users.ListAsync(after ?? Guid.Empty, limit ?? DefaultLimit, cancellationToken))
            : AccessControl.Refuse();

    private static Created<UserResponse> Created(UserResponse user) => TypedResults.Created($"/v1/users/{user.Id}", user);

    private static ProblemHttpResult EmailTaken() => UserProblems.EmailTaken.ToResult("Another user has this email, ignoring case.");
}
