using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Idempotency;
using UserOrder.ServiceDefaults;

namespace UserOrder.UserApi.Users;

/// <summary>The handlers that write users.</summary>
internal static class UserCommands
{
    /// <summary>The operation's id, in the OpenAPI document and with its idempotency keys.</summary>
    public const string CreateUser = "createUser";

    [EndpointSummary("Create a user")]
    public static async Task<Results<Created<UserResponse>, ProblemHttpResult>> CreateAsync(
        CreateUserRequest request,
        [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader]
        [Description(IdempotencyKeyHeaderAttribute.Description)]
        string? idempotencyKey,
        [AsParameters] UserServices services,
        CancellationToken cancellationToken)
    {
        var repeatable = new IdempotentRequest<CreateUserRequest>(
            CreateUser, idempotencyKey, services.Caller.Subject, request, UserJson.Default.CreateUserRequest);
        return await services.Requests.RunAsync(
            repeatable,
            write: key => AddAsync(request, key, services, cancellationToken),
            replay: id => ReplayAsync(id, services, cancellationToken),
            refuse: refusal => IdempotencyProblems.Of(refusal, services.Response),
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
        Guid id, UserServices services, CancellationToken cancellationToken)
    {
        services.Response.Headers[IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true";
        return await services.Users.FindAsync(id, cancellationToken) is { } first
            ? Created(new UserResponse(first.Id, first.Name, first.Email, first.CreatedAt))
            : EmailTaken();
    }

    private static Created<UserResponse> Created(UserResponse user) => TypedResults.Created($"/v1/users/{user.Id}", user);

    private static ProblemHttpResult EmailTaken() => UserProblems.EmailTaken.ToResult("Another user has this email, ignoring case.");
}
