using Microsoft.AspNetCore.Http;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>
/// Refuses requests that change state and that a browser sent from a page of another site. Programs other than browsers send neither of
/// the headers, and pass.
/// </summary>
/// <remarks>https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header; older browsers send <c>Origin</c> only.</remarks>
internal static class CrossSiteRequests
{
    private const string FetchSite = "Sec-Fetch-Site";

    public static ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsOfSameOrigin(request)
            ? next(context)
            : ValueTask.FromResult<object?>(MessagingProblems.CrossSite.ToResult("Nothing was done. Use the page of this service."));
    }

    public static bool IsOfSameOrigin(HttpRequest request)
    {
        if (request.Headers.TryGetValue(FetchSite, out var site))
        {
            // "none": the user, not a page, has made the browser send the request.
            return site is ["same-origin" or "none"];
        }

        return !request.Headers.TryGetValue("Origin", out var origin)
            || (origin is [{ } sent] && sent.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
    }
}
