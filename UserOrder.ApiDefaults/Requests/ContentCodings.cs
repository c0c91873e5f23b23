using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Requests;

internal static class ContentCodings
{
    private const string Identity = "identity";

    /// <summary>
    /// Refuses a body with a content coding such as gzip. The answer names the accepted coding, which distinguishes it from the answer to
    /// another media type (RFC 9110, section 12.5.3).
    /// </summary>
    public static void UseContentCodings(this WebApplication app) =>
        app.Use((context, next) =>
            IsCoded(context.Request.Headers.ContentEncoding) && context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null
                ? RefuseAsync(context)
                : next(context));

    private static bool IsCoded(StringValues header) =>
        header.Count > 0
        && header.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Any(coding => !coding.Equals(Identity, StringComparison.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.AcceptEncoding = Identity;
        return context.WriteProblemAsync(
            ProblemTypes.UnsupportedMediaType.ToDetails("The body must have no content coding such as gzip."));
    }
}
