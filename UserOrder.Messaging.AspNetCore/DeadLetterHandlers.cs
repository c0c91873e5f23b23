using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging.Auditing;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The handlers of the operators' endpoints.</summary>
internal static class DeadLetterHandlers
{
    /// <summary>The media type of an export: JSON objects, one a line.</summary>
    public const string JsonLines = "application/jsonl";

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

    [EndpointSummary("List the oldest dead letters of a queue, or those with an id or reason, of a type, or of a time")]
    public static async Task<Ok<DeadLetterPage>> ListAsync(
        [AsParameters] DeadLetterQuery query,
        DeadLetterStore letters,
        CancellationToken cancellationToken,
        [Range(1, MaxLimit)] int? limit = DefaultLimit) =>
        TypedResults.Ok(await letters.ListAsync(query.Queue, query.ToFilter(), limit ?? DefaultLimit, cancellationToken));

    [EndpointSummary("Export dead letters with all their headers and whole bodies as JSON lines, the oldest first")]
    public static async Task<EmptyHttpResult> ExportAsync(
        [AsParameters] DeadLetterQuery query, DeadLetterStore letters, HttpContext http, CancellationToken cancellationToken)
    {
        http.Response.ContentType = JsonLines;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await letters.ReadAsync(query.Queue, query.ToFilter(), WriteAsync, cancellationToken);
        }

        return TypedResults.Empty;

        async Task WriteAsync(DeadLetterDetails letter)
        {
            await JsonSerializer.SerializeAsync(
                http.Response.Body, letter, DeadLetterJson.Default.DeadLetterDetails, cancellationToken);
            await http.Response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }

    [EndpointSummary("Inspect a dead letter")]
    public static async Task<Results<Ok<DeadLetterDetails>, ProblemHttpResult>> FindAsync(
        string queue, string id, DeadLetterStore letters, CancellationToken cancellationToken) =>
        await letters.FindAsync(queue, id, cancellationToken) is { } letter ? TypedResults.Ok(letter) : NotFound(queue, id);

    [EndpointSummary("Return a dead letter to its queue; repeating the request does no harm")]
    public static async Task<Ok<ReplayResult>> ReplayAsync(
        string queue, string id, DeadLetterStore letters, [AsParameters] Operator caller, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ReplayAsync(queue, new DeadLetterFilter([id]), letters, caller, cancellationToken));

    [EndpointSummary("Return dead letters to their queue: those with the ids, with the reason, of the type, of a time, or all")]
    public static async Task<Ok<ReplayResult>> ReplayAllAsync(
        [AsParameters] DeadLetterQuery query,
        DeadLetterStore letters,
        [AsParameters] Operator caller,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await ReplayAsync(query.Queue, query.ToFilter(), letters, caller, cancellationToken));

    [EndpointSummary("Send a corrected event to the queue in place of a dead letter; it must keep its id and fit its schema")]
    public static async Task<Results<Ok<ReplayResult>, ProblemHttpResult, ValidationProblem>> EditAsync(
        string queue,
        string id,
        [FromBody] JsonElement corrected,
        DeadLetterStore letters,
        CorrectionChecker checker,
        [AsParameters] Operator caller,
        CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(corrected.GetRawText());
        var (correction, errors) = checker.Check(queue, corrected, body, caller.Subject);
        if (correction is null)
        {
            return TypedResults.ValidationProblem(errors);
        }

        try
        {
            var replayed = await caller.RunAsync(
                OperatorAction.Edit,
                queue,
                $"id {id}; event {correction.EventId}",
                () => letters.ReplayAsync(queue, new DeadLetterFilter([id]), correction, cancellationToken),
                cancellationToken);
            return replayed > 0 ? TypedResults.Ok(new ReplayResult(replayed)) : NotFound(queue, id);
        }
        catch (EventIdChangedException exception)
        {
            return TypedResults.ValidationProblem([new("/id", [exception.Message])]);
        }
    }

    [EndpointSummary("Discard a dead letter; repeating the request does no harm")]
    public static async Task<NoContent> DiscardAsync(
        string queue, string id, DeadLetterStore letters, [AsParameters] Operator caller, CancellationToken cancellationToken)
    {
        await DiscardAsync(queue, new DeadLetterFilter([id]), letters, caller, cancellationToken);
        return TypedResults.NoContent();
    }

    [EndpointSummary("Discard the dead letters with the ids, with the reason, of the type or of a time; one of them is required")]
    public static async Task<Results<Ok<DiscardResult>, ValidationProblem>> DiscardAllAsync(
        [AsParameters] DeadLetterQuery query,
        DeadLetterStore letters,
        [AsParameters] Operator caller,
        CancellationToken cancellationToken)
    {
        var filter = query.ToFilter();
        return filter.IsAll
            ? TypedResults.ValidationProblem([new("id", ["Name the dead letters by id, reason, type or time."])])
            : TypedResults.Ok(new DiscardResult(await DiscardAsync(query.Queue, filter, letters, caller, cancellationToken)));
    }

    private static async Task<ReplayResult> ReplayAsync(
        string queue, DeadLetterFilter filter, DeadLetterStore letters, Operator caller, CancellationToken cancellationToken) =>
        new(await caller.RunAsync(
            OperatorAction.Replay,
            queue,
            filter.Describe(),
            () => letters.ReplayAsync(queue, filter, correction: null, cancellationToken),
            cancellationToken));

    private static Task<int> DiscardAsync(
        string queue, DeadLetterFilter filter, DeadLetterStore letters, Operator caller, CancellationToken cancellationToken) =>
        caller.RunAsync(
            OperatorAction.Discard,
            queue,
            filter.Describe(),
            () => letters.DiscardAsync(queue, filter, cancellationToken),
            cancellationToken);

    private static ProblemHttpResult NotFound(string queue, string id) => DeadLetterProblems.NotFound(
        "There is no such dead letter.",
        $"No dead letter of {queue} has the id {id}. If it was one, an operator has replayed, edited or discarded it.");
}
