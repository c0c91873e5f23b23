using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using UserOrder.ApiDefaults.Bodies;

namespace UserOrder.ApiDefaults.Problems;

/// <summary>Answers every error with a problem document (RFC 9457).</summary>
internal static class ProblemExtensions
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddExceptionHandler<BadRequestHandler>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => Complete(context.ProblemDetails));

        // By default the framework explains a 400 in Development only.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        // The framework writes no problem document for a client that accepts another media type. A server may disregard the header
        // (RFC 9110, section 12.5.1).
        app.Use((context, next) =>
        {
            context.Request.Headers.Remove(HeaderNames.Accept);
            return next(context);
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    /// <summary>Answers a request from the middleware with a problem and its status.</summary>
    public static Task WriteProblemAsync(this HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        return context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem }).AsTask();
    }

    private static void Complete(ProblemDetails problem)
    {
        if (problem is HttpValidationProblemDetails validation)
        {
            problem.Type = ProblemTypes.Validation.Uri;
            validation.Errors = validation.Errors.ToDictionary(error => AsInJson(error.Key), error => error.Value);
        }
        else if (problem.Type is null || !problem.Type.StartsWith(ProblemType.Base, StringComparison.Ordinal))
        {
            problem.Type = ProblemTypes.For(problem.Status)?.Uri ?? problem.Type;
        }

        problem.Detail ??= problem.Status switch
        {
            StatusCodes.Status401Unauthorized => "Send a valid access token in the header Authorization: Bearer.",
            StatusCodes.Status403Forbidden => "The token lacks the scope named in WWW-Authenticate.",
            StatusCodes.Status404NotFound => "There is nothing at this address.",
            StatusCodes.Status413PayloadTooLarge => $"The body may have at most {RequestBody.MaxBytes} bytes.",
            StatusCodes.Status415UnsupportedMediaType => "The body must be JSON in UTF-8, with the content type application/json.",
            _ => null,
        };
    }

    /// <summary>Converts a path from the validation's form, <c>Items[0].Sku</c>, to the client's, <c>items[0].sku</c>.</summary>
    private static string AsInJson(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
