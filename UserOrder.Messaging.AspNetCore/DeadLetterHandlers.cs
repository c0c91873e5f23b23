using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The handlers of the operators' endpoints.</summary>
internal static class DeadLetterHandlers
{
    // The parameter is nullable, because the request delegate generator binds a text without a number to 0 for a plain int.
    private const int DefaultLimit = 20;

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

    [EndpointSummary("List the oldest dead letters of a queue")]
    public static async Task<Ok<DeadLetterPage>> ListAsync(
        string queue, DeadLetterStore letters, CancellationToken cancellationToken, [Range(1, 100)] int? limit = DefaultLimit) =>
        TypedResults.Ok(new DeadLetterPage(await letters.ListAsync(queue, limit ?? DefaultLimit, cancellationToken)));

    [EndpointSummary("Inspect a dead letter")]
    public static async Task<Results<Ok<DeadLetterDetails>, ProblemHttpResult>> FindAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken) =>
        await letters.FindAsync(queue, id, cancellationToken) is { } letter
            ? TypedResults.Ok(letter)
            : DeadLetterProblems.NotFound("There is no such dead letter.", $"No dead letter of {queue} has the id {id}.");

    [EndpointSummary("Return a dead letter to its queue; repeating the request does no harm")]
    public static async Task<Ok<ReplayResult>> ReplayAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ReplayResult(await letters.ReplayAsync(queue, id, cancellationToken)));

    [EndpointSummary("Return all dead letters to their queue")]
    public static async Task<Ok<ReplayResult>> ReplayAllAsync(string queue, DeadLetterStore letters, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ReplayResult(await letters.ReplayAsync(queue, id: null, cancellationToken)));

    [EndpointSummary("Discard a dead letter; repeating the request does no harm")]
    public static async Task<NoContent> DiscardAsync(string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken)
    {
        await letters.DiscardAsync(queue, id, cancellationToken);
        return TypedResults.NoContent();
    }
}
