using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Answers the failures that the operators' endpoints have in common with problem details (RFC 9457).</summary>
internal static class DeadLetterProblems
{
    public static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (FindUnknownQueue(http) is { } problem)
        {
            return problem;
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
                $"{exception.Message} {exception.Replayed} messages were replayed; the others remain dead letters. Try again later.",
                new() { ["replayed"] = exception.Replayed });
        }
        catch (Exception exception)
            when (IsOfBroker(exception) && !http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            return MessagingProblems.BrokerUnavailable.ToResult(
                http.Response, "Messages not yet processed remain dead letters. Try again later.");
        }
    }

    /// <summary>The answer to a request for a queue that the service does not consume from; null if it does.</summary>
    public static ProblemHttpResult? FindUnknownQueue(HttpContext http) =>
        http.GetRouteValue("queue") is string queue &&
        http.RequestServices.GetServices<SubscribedQueue>().All(subscribed => subscribed.Name != queue)
            ? NotFound("There is no such queue.", $"This service does not consume from a queue {queue}.")
            : null;

    public static ProblemHttpResult NotFound(string title, string detail) =>
        (MessagingProblems.NotFound with { Title = title }).ToResult(detail);

    /// <summary>The client ends a pending call with any of these when the connection breaks or the call times out.</summary>
    public static bool IsOfBroker(Exception exception) =>
        exception is RabbitMQClientException or BrokerLostException or IOException or ObjectDisposedException or TimeoutException
            or OperationCanceledException;
}
