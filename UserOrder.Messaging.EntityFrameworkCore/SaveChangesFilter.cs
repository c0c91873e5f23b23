using UserOrder.Messaging.Consumer;

namespace UserOrder.Messaging.EntityFrameworkCore;

/// <summary>Saves what a handler and its filters have left unsaved in the contexts of the event's scope.</summary>
internal sealed class SaveChangesFilter(EventContexts contexts) : IEventFilter
{
    public async Task InvokeAsync(EventContext context, Func<Task> next, CancellationToken cancellationToken)
    {
        await next();
        for (var i = 0; i < contexts.Created.Count; i++)
        {
            await contexts.Created[i].SaveChangesAsync(cancellationToken);
        }
    }
}
