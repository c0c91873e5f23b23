namespace UserOrder.Messaging.Consumer;

/// <summary>Runs around each <see cref="IScopedEventHandler{TData}"/>, for a cross-cutting need such as a log scope or a tenant.</summary>
public interface IEventFilter
{
    /// <summary>
    /// Runs for one event, in its scope. An exception has the effect of the handler's. Without a call of <paramref name="next"/>, the event
    /// counts as applied.
    /// </summary>
    /// <param name="context">The event.</param>
    /// <param name="next">Runs the next filter or the handler. Call it at most once.</param>
    /// <param name="cancellationToken">For the filter's own calls. The stop of the service does not cancel it.</param>
    Task InvokeAsync(EventContext context, Func<Task> next, CancellationToken cancellationToken);
}
