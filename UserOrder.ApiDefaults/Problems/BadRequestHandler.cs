using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace UserOrder.ApiDefaults.Problems;

/// <summary>Explains why a request cannot be read, without naming the program's types.</summary>
internal sealed partial class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
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

    private static string? DetailOf(BadHttpRequestException bad, HttpRequest request) => bad switch
    {
        { StatusCode: not StatusCodes.Status400BadRequest } => null,
        { InnerException: JsonException json } => Where(json),
        _ when HttpMethods.IsPost(request.Method) => "A JSON body is required.",
        _ => TypeOfParameter().Replace(bad.Message, "\"$1\""),
    };

    private static string Where(JsonException json) =>
        $"The body is not the expected JSON: see {json.Path ?? "$"}, line {json.LineNumber + 1}, byte {json.BytePositionInLine}.";

    /// <summary>Matches the framework's wording: parameter "int limit".</summary>
    [GeneratedRegex("""
        "\S+ (\w+)"
        """)]
    private static partial Regex TypeOfParameter();
}
