using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The handlers of the operators' endpoints.</summary>
internal static class DeadLetterHandlers
{
    // The parameter is nullable, because the request delegate generator binds a text without a number to 0 for a plain int.
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    [EndpointSummary("Count the dead letters of each queue")]
    public static async Task<Ok<DeadLetterOverview>> CountAsync(
        IEnumerable<SubscribedQueue> queues, DeadLetterStore letters, CancellationToken cancellationToken)
    {
        var counted = new List<DeadLetterCount>();
        foreach (var queue in queues)
        {
            counted.Add(new DeadLetterCount(queue.Name, await letters.CountAsync(queue.Name, cancellationToken)));
        }

        return TypedResults.Ok(new DeadLetterOverview(counted));
    }

    [EndpointSummary("List the oldest dead letters of a queue, or those with a reason or of a type")]
    public static async Task<Ok<DeadLetterPage>> ListAsync(
        string queue,
        string? reason,
        string? type,
        DeadLetterStore letters,
        CancellationToken cancellationToken,
        [Range(1, MaxLimit)] int? limit = DefaultLimit) => TypedResults.Ok(
            await letters.ListAsync(queue, new DeadLetterFilter(Reason: reason, Type: type), limit ?? DefaultLimit, cancellationToken));

    [EndpointSummary("Inspect a dead letter")]
    public static async Task<Results<Ok<DeadLetterDetails>, ProblemHttpResult>> FindAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken) =>
        await letters.FindAsync(queue, id, cancellationToken) is { } letter
            ? TypedResults.Ok(letter)
            : DeadLetterProblems.NotFound("There is no such dead letter.", $"No dead letter of {queue} has the id {id}.");

    [EndpointSummary("Return a dead letter to its queue; repeating the request does no harm")]
    public static async Task<Ok<ReplayResult>> ReplayAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ReplayResult(await letters.ReplayAsync(queue, new DeadLetterFilter([id]), cancellationToken)));

    [EndpointSummary("Return dead letters to their queue: those with the ids, with the reason or of the type, or all")]
    public static async Task<Ok<ReplayResult>> ReplayAllAsync(
        string queue,
        [FromQuery(Name = "id")] string[]? ids,
        string? reason,
        string? type,
        DeadLetterStore letters,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(new ReplayResult(await letters.ReplayAsync(queue, new DeadLetterFilter(ids, reason, type), cancellationToken)));

    [EndpointSummary("Discard a dead letter; repeating the request does no harm")]
    public static async Task<NoContent> DiscardAsync(string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken)
    {
        await letters.DiscardAsync(queue, new DeadLetterFilter([id]), cancellationToken);
        return TypedResults.NoContent();
    }

    [EndpointSummary("Discard the dead letters with the ids, with the reason or of the type; one of the three is required")]
    public static async Task<Results<Ok<DiscardResult>, ValidationProblem>> DiscardAllAsync(
        string queue,
        [FromQuery(Name = "id")] string[]? ids,
        string? reason,
        string? type,
        DeadLetterStore letters,
        CancellationToken cancellationToken)
    {
        var filter = new DeadLetterFilter(ids, reason, type);
        return filter.IsAll
            ? TypedResults.ValidationProblem([new("id", ["Name the dead letters by id, reason or type."])])
            : TypedResults.Ok(new DiscardResult(await letters.DiscardAsync(queue, filter, cancellationToken)));
    }
}
