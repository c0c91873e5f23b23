using System.Net.Sockets;
using System.Security.Authentication;
using Polly.CircuitBreaker;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Consumer;

/// <summary>A handler refused its events, or the database refused what it wrote of them. The cause is the inner exception.</summary>
/// <remarks>
/// Every other failure of a delivery is an outage, which the events wait for: one outside the handler, and one inside it that a server
/// or the network caused.
/// </remarks>
internal sealed class HandlerFailedException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>Whether an exception that a handler threw is about its events.</summary>
    public static bool IsAboutEvents(Exception exception) => !DatabaseFault.IsOutage(exception) &&
        exception is not (IOException or SocketException or HttpRequestException or AuthenticationException or BrokenCircuitException);
}
