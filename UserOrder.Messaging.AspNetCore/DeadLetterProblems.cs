using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>What the endpoints have in common where they cannot do what they are asked for, as problem details (RFC 9457).</summary>
internal static class DeadLetterProblems
{
    private const string RetryAfterSeconds = "5";

    public static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetRouteValue("queue") is string queue &&
            http.RequestServices.GetServices<SubscribedQueue>().All(subscribed => subscribed.Name != queue))
        {
            return NotFound("There is no such queue.", $"This service does not consume from a queue {queue}.");
        }

        try
        {
            return await next(context);
        }
        catch (DeadLettersBusyException exception)
        {
            return MessagingProblems.DeadLettersBusy.ToResult($"{exception.Message} Nothing was done; try again later.");
        }
        catch (QueueFullException exception)
        {
            return MessagingProblems.QueueFull.ToResult(
                http.Response,
                RetryAfterSeconds,
                $"{exception.Message} {exception.Replayed} messages were replayed, the others are dead letters still. Try again later.",
                new() { ["replayed"] = exception.Replayed });
        }
        catch (Exception exception) when (IsOfBroker(exception) && !http.RequestAborted.IsCancellationRequested)
        {
            return MessagingProblems.BrokerUnavailable.ToResult(
                http.Response,
                RetryAfterSeconds,
                "What was not done yet is a dead letter still. Try again later.");
        }
    }

    public static ProblemHttpResult NotFound(string title, string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, type: MessagingProblem.Base + "not-found", title: title, detail: detail);

    /// <summary>The client ends what it waits for with any of them when the connection is lost or the time runs out.</summary>
    private static bool IsOfBroker(Exception exception) =>
        exception is RabbitMQClientException or IOException or ObjectDisposedException or TimeoutException or OperationCanceledException;
}
