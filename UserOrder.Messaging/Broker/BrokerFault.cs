using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace UserOrder.Messaging.Broker;

/// <summary>Reads why the broker refused an operation, or closed a channel or a connection.</summary>
internal static class BrokerFault
{
    /// <summary>The broker's own words, such as <c>ACCESS_REFUSED - …</c>; the exception's message if the broker gave none.</summary>
    public static string ReasonOf(Exception exception) =>
        CloseOf(exception)?.ReplyText
        ?? Causes(exception).OfType<PossibleAuthenticationFailureException>().FirstOrDefault()?.Message
        ?? Causes(exception).Last().Message;

    /// <summary>
    /// Whether an exchange, a queue, a virtual host, a user or a right is missing. A declaration or a new grant may mend that.
    /// </summary>
    public static bool IsMissingSomething(Exception exception) =>
        CloseOf(exception) is { ReplyCode: Constants.AccessRefused or Constants.NotFound or Constants.NotAllowed } ||
        Causes(exception).Any(cause => cause is PossibleAuthenticationFailureException);

    /// <summary>Whether the broker closed a channel because of a message on it, and not because of an outage.</summary>
    public static bool IsAboutMessage(ShutdownEventArgs close) => close.Initiator == ShutdownInitiator.Peer &&
        close.ReplyCode is Constants.AccessRefused or Constants.PreconditionFailed or Constants.ContentTooLarge;

    private static ShutdownEventArgs? CloseOf(Exception exception) => Causes(exception)
        .Select(cause => cause switch
        {
            BrokerLostException lost => lost.Close,
            OperationInterruptedException interrupted => interrupted.ShutdownReason,
            _ => null,
        })
        .FirstOrDefault(close => close is { Initiator: ShutdownInitiator.Peer });

    /// <summary>The exception and its causes. Of several causes, the last one.</summary>
    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = InnerOf(cause))
        {
            yield return cause;
        }
    }

    private static Exception? InnerOf(Exception exception) =>
        exception is AggregateException { InnerExceptions: [.., var last] } ? last : exception.InnerException;
}
