using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Idempotency;
using UserOrder.ServiceDefaults;

namespace UserOrder.UserApi.Users;

/// <summary>The handlers that write users.</summary>
internal static class UserCommands
{
    [EndpointSummary("Create a user")]
    public static async Task<Results<Created<UserResponse>, ProblemHttpResult>> CreateAsync(
        CreateUserRequest request,
        [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader, Description(IdempotencyKeyHeaderAttribute.Description)]
        string? idempotencyKey,
        [AsParameters] UserServices services,
        CancellationToken cancellationToken)
    {
        using var attempt = await services.Requests.BeginAsync(
            idempotencyKey, services.Caller.Subject, request, UserJson.Default.CreateUserRequest, cancellationToken);
        if (attempt.State == IdempotencyState.New)
        {
            var now = services.Time.GetUtcNowInMicroseconds();
            var user = new UserResponse(TimeOrderedId.New(now), request.Name, request.Email, now);
            switch (await services.Users.AddAsync(user, attempt.Key, cancellationToken))
            {
                case UserAddition.Added:
                    return Created(user);
                case UserAddition.EmailTaken:
                    return EmailTaken();
            }

            await attempt.LookUpAgainAsync(cancellationToken);
        }

        return attempt.State switch
        {
            IdempotencyState.Done => await RepeatAsync(attempt.EntityId, services.Users, services.Response, cancellationToken),
            IdempotencyState.Reused => IdempotencyProblems.KeyReused(),
            _ => IdempotencyProblems.KeyInFlight(services.Response),
        };
    }

    /// <summary>Answers a retry as the first request was answered.</summary>
    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> RepeatAsync(
        Guid id, UserStore users, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers[IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true";
        return await users.FindAsync(id, cancellationToken) is { } first
            ? Created(new UserResponse(first.Id, first.Name, first.Email, first.CreatedAt))
            : EmailTaken();
    }

    private static Created<UserResponse> Created(UserResponse user) => TypedResults.Created($"/v1/users/{user.Id}", user);

    private static ProblemHttpResult EmailTaken() => UserProblems.EmailTaken.ToResult("Another user has this email, ignoring case.");
}
