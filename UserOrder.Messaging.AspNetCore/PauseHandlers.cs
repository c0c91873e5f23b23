using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Pausing;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The handlers of the endpoints that pause and resume. Every replica follows within two seconds.</summary>
internal static class PauseHandlers
{
    /// <summary>Answers <c>404</c> for a queue that the service does not consume from.</summary>
    public static ValueTask<object?> RefuseUnknownQueueAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        DeadLetterProblems.FindUnknownQueue(context.HttpContext) is { } problem ? ValueTask.FromResult<object?>(problem) : next(context);

    [EndpointSummary("List the relay and the consumers, and who paused or resumed each of them last")]
    public static async Task<Ok<PauseOverview>> ListAsync(
        IEnumerable<SubscribedQueue> queues, PauseStore pauses, CancellationToken cancellationToken)
    {
        var states = await pauses.ListAsync(cancellationToken);
        return TypedResults.Ok(new PauseOverview(
            [
                .. queues.Select(queue => queue.Name).Prepend(PauseState.Relay)
                    .Select(name => states.GetValueOrDefault(name) ?? PauseState.Initial(name)),
            ]));
    }

    [EndpointSummary("Pause the relay in all replicas; events wait in the outbox")]
    public static Task<Ok<PauseState>> PauseRelayAsync(
        [AsParameters] Operator caller, PauseStore pauses, CancellationToken cancellationToken) =>
        SetAsync(pauses, PauseState.Relay, isPaused: true, caller, cancellationToken);

    [EndpointSummary("Resume the relay in all replicas")]
    public static Task<Ok<PauseState>> ResumeRelayAsync(
        [AsParameters] Operator caller, PauseStore pauses, CancellationToken cancellationToken) =>
        SetAsync(pauses, PauseState.Relay, isPaused: false, caller, cancellationToken);

    [EndpointSummary("Pause the consumer of a queue in all replicas; messages wait in the queue")]
    public static Task<Ok<PauseState>> PauseConsumerAsync(
        string queue, [AsParameters] Operator caller, PauseStore pauses, CancellationToken cancellationToken) =>
        SetAsync(pauses, queue, isPaused: true, caller, cancellationToken);

    [EndpointSummary("Resume the consumer of a queue in all replicas")]
    public static Task<Ok<PauseState>> ResumeConsumerAsync(
        string queue, [AsParameters] Operator caller, PauseStore pauses, CancellationToken cancellationToken) =>
        SetAsync(pauses, queue, isPaused: false, caller, cancellationToken);

    private static async Task<Ok<PauseState>> SetAsync(
        PauseStore pauses, string name, bool isPaused, Operator caller, CancellationToken cancellationToken) =>
        TypedResults.Ok(await pauses.SetAsync(name, isPaused, caller.Subject, cancellationToken));
}
