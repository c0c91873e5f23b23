using Microsoft.EntityFrameworkCore;

namespace UserOrder.Messaging.EntityFrameworkCore;

/// <summary>The contexts that an event's scope has created, in their order.</summary>
internal sealed class EventContexts
{
    public List<DbContext> Created { get; } = [];
}
