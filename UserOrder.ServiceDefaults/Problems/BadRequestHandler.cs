using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace UserOrder.ServiceDefaults.Problems;

/// <summary>Says what is wrong with a request that could not be read, without naming the program's own types.</summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
        {
            return ValueTask.FromResult(false);
        }

        httpContext.Response.StatusCode = bad.StatusCode;
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = bad.StatusCode, Detail = DetailOf(bad, httpContext.Request) },
        });
    }

    private static string DetailOf(BadHttpRequestException bad, HttpRequest request) => bad switch
    {
        { InnerException: JsonException json } => Where(json),
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => $"The body may have at most {ServiceDefaultsExtensions.MaxRequestBodyBytes} bytes.",
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => "The body must be JSON, with the content type application/json.",
        { StatusCode: StatusCodes.Status400BadRequest } when request.ContentLength is 0 => "A JSON body is required.",
        _ => bad.Message,
    };

    private static string Where(JsonException json) =>
        $"The body is not the JSON that is expected here: see {json.Path ?? "$"}, line {json.LineNumber + 1}, byte {json.BytePositionInLine}.";
}
