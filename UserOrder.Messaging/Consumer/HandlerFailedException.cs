using System.Net.Sockets;
using System.Security.Authentication;
using Polly.CircuitBreaker;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Consumer;

/// <summary>A handler refused its events, or the database refused the handler's data. <see cref="Cause"/> is that exception.</summary>
/// <remarks>
/// Every other failure counts as an outage, and the events wait for its end: a failure outside the handler, and a failure inside it that a
/// server or the network caused.
/// </remarks>
internal sealed class HandlerFailedException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>The exception of the handler.</summary>
    public Exception Cause { get; } = cause;

    /// <summary>Whether the events, rather than an outage, caused a handler's exception.</summary>
    public static bool IsAboutEvents(Exception exception) => !DatabaseFault.IsOutage(exception) &&
        exception is not (IOException or SocketException or HttpRequestException or AuthenticationException or BrokenCircuitException);
}
