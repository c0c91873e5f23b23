using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>The handler of the search for an event.</summary>
internal static class EventHandlers
{
    [EndpointSummary("Find out where an event is: in the outbox, applied, a dead letter, or unknown to this service")]
    public static async Task<Ok<EventWhereabouts>> FindAsync(Guid id, EventSearch search, CancellationToken cancellationToken) =>
        TypedResults.Ok(await search.FindAsync(id, cancellationToken));
}
