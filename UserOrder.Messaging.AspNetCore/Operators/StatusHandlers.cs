using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>The handlers of the status.</summary>
internal static class StatusHandlers
{
    private const string EventName = "status";

    [EndpointSummary("Read the state of this replica: health, circuits, outbox, queues")]
    public static Ok<OperatorStatus> Read(StatusReader reader, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(reader.Read());
    }

    [EndpointSummary("Read the same once a second, as server-sent events; a stream ends after 5 minutes")]
    public static Results<ServerSentEventsResult<OperatorStatus>, ProblemHttpResult> Stream(StatusFeed feed, HttpContext context)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return TypedResults.ServerSentEvents(AsyncEnumerable.Empty<OperatorStatus>(), EventName);
        }

        if (feed.TryOpen() is not { } place)
        {
            return MessagingProblems.TooManyStreams.ToResult(context.Response, "Close another page, or try again later.");
        }

        context.Response.RegisterForDispose(place);

        // A span of minutes would look like a slow request.
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }

        return TypedResults.ServerSentEvents(feed.ReadAsync(context.RequestAborted), EventName);
    }
}
