using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace UserOrder.ApiDefaults.Problems;

/// <summary>Every error is a problem document (RFC 9457).</summary>
internal static class ProblemExtensions
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddExceptionHandler<BadRequestHandler>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => Complete(context.ProblemDetails));

        // Otherwise the reason of a 400 would only be told in Development.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        // The framework has no problem document for a client that accepts something else, and then answers with a plain text or nothing.
        // To disregard the header is a server's right (RFC 9110, section 12.5.1).
        app.Use((context, next) =>
        {
            context.Request.Headers.Remove(HeaderNames.Accept);
            return next(context);
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    private static void Complete(ProblemDetails problem)
    {
        if (problem is HttpValidationProblemDetails validation)
        {
            problem.Type = ProblemTypes.Validation;
            validation.Errors = validation.Errors.ToDictionary(error => AsInJson(error.Key), error => error.Value);
        }
        else if (problem.Type is null || !problem.Type.StartsWith(ProblemTypes.Base, StringComparison.Ordinal))
        {
            problem.Type = ProblemTypes.For(problem.Status) ?? problem.Type;
        }

        problem.Detail ??= problem.Status switch
        {
            StatusCodes.Status401Unauthorized => "Send a valid access token in the header Authorization: Bearer.",
            StatusCodes.Status403Forbidden => "It lacks the scope that the header WWW-Authenticate names.",
            StatusCodes.Status404NotFound => "There is nothing at this address.",
            StatusCodes.Status413PayloadTooLarge => $"The body may have at most {ServiceDefaultsExtensions.MaxRequestBodyBytes} bytes.",
            StatusCodes.Status415UnsupportedMediaType => "The body must be JSON in UTF-8, with the content type application/json.",
            _ => null,
        };
    }

    /// <summary>From <c>Items[0].Sku</c>, as the validation names it, to <c>items[0].sku</c>, as the client wrote it.</summary>
    private static string AsInJson(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
