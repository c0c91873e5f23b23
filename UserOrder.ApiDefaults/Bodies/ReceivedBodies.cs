using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace UserOrder.ApiDefaults.Bodies;

internal static class ReceivedBodies
{
    /// <summary>
    /// Receives the body of a request for an endpoint that reads one. What follows never waits for the caller, however slowly it sends. The
    /// server limits size and minimum rate.
    /// </summary>
    public static void UseReceivedBodies(this WebApplication app) =>
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null)
            {
                await ReceiveAsync(context);
            }

            await next(context);
        });

    private static async Task ReceiveAsync(HttpContext context)
    {
        try
        {
            if (!HasArrived(context.Request.BodyReader))
            {
                var body = new MemoryStream();
                await context.Request.BodyReader.CopyToAsync(body, context.RequestAborted);
                body.Position = 0;
                context.Request.Body = body;
            }
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // The server's error for a chunk that it cannot parse.
            throw new BadHttpRequestException("The body cannot be received.", StatusCodes.Status400BadRequest, exception);
        }
    }

    /// <summary>Whether the whole body came with the headers, as most do. It then needs no copy.</summary>
    private static bool HasArrived(PipeReader reader)
    {
        if (!reader.TryRead(out var read))
        {
            return false;
        }

        reader.AdvanceTo(read.Buffer.Start);
        return read.IsCompleted;
    }
}
