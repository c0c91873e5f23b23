using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The operators' HTTP API.</summary>
public static class DeadLetterEndpoints
{
    /// <summary>
    /// Maps <c>/admin/dead-letters</c> for the queues that the service consumes from, where <see cref="MessagingOptions.AdminEndpoints"/>
    /// says so. It asks nobody who they are: map it on a group that does.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting of the section <c>Messaging</c> is out of its limits.</exception>
    public static void MapDeadLetters(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!app.ServiceProvider.GetRequiredService<IOptions<MessagingOptions>>().Value.AdminEndpoints)
        {
            return;
        }

        var all = app.MapGroup("/admin/dead-letters")
            .WithTags("Dead letters")
            .AddEndpointFilter(DeadLetterProblems.AnswerAsync)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        all.MapGet("", CountAsync).WithName("countDeadLetters");

        var ofQueue = all.MapGroup("/{queue}")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        ofQueue.MapGet("", ListAsync).WithName("listDeadLetters").ProducesValidationProblem();
        ofQueue.MapPost("/replay", ReplayAllAsync).WithName("replayDeadLetters");
        ofQueue.MapGet("/{id}", FindAsync).WithName("findDeadLetter");
        ofQueue.MapPost("/{id}/replay", ReplayAsync).WithName("replayDeadLetter");
        ofQueue.MapDelete("/{id}", DiscardAsync).WithName("discardDeadLetter");
    }

    [EndpointSummary("Count the dead letters of each queue")]
    private static async Task<Ok<DeadLetterOverview>> CountAsync(
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
    private static async Task<Ok<DeadLetterPage>> ListAsync(
        string queue, DeadLetterStore letters, CancellationToken cancellationToken, [Range(1, 100)] int limit = 20) =>
        TypedResults.Ok(new DeadLetterPage(await letters.ListAsync(queue, limit, cancellationToken)));

    [EndpointSummary("Inspect a dead letter")]
    private static async Task<Results<Ok<DeadLetterDetails>, ProblemHttpResult>> FindAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken) =>
        await letters.FindAsync(queue, id, cancellationToken) is { } letter
            ? TypedResults.Ok(letter)
            : DeadLetterProblems.NotFound("There is no such dead letter.", $"No dead letter of {queue} has the id {id}.");

    [EndpointSummary("Give a dead letter back to its queue; one that is gone already is no error")]
    private static async Task<Ok<ReplayResult>> ReplayAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ReplayResult(await letters.ReplayAsync(queue, id, cancellationToken)));

    [EndpointSummary("Give all dead letters back to their queue")]
    private static async Task<Ok<ReplayResult>> ReplayAllAsync(string queue, DeadLetterStore letters, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ReplayResult(await letters.ReplayAsync(queue, id: null, cancellationToken)));

    [EndpointSummary("Discard a dead letter; one that is gone already is no error")]
    private static async Task<NoContent> DiscardAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken)
    {
        await letters.DiscardAsync(queue, id, cancellationToken);
        return TypedResults.NoContent();
    }
}
