using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>The handler of the search for events.</summary>
internal static class EventHandlers
{
    private const int MaxKeyLength = 255;

    [EndpointSummary("Find out where events are, by event id, subject or trace id: in the outbox, applied, or dead letters")]
    public static async Task<Ok<EventSearchResult>> FindAsync(
        [StringLength(MaxKeyLength, MinimumLength = 1)] string key,
        bool? isLocal,
        EventSearch search,
        OtherServices others,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        var asked = isLocal == true
            ? Task.FromResult<ServiceFindings[]>([])
            : others.AskAsync(key, request.Headers.Authorization, cancellationToken);
        var own = await search.FindAsync(new EventKey(key), cancellationToken);
        return TypedResults.Ok(new EventSearchResult([own, .. await asked]));
    }
}
