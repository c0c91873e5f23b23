using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.AspNetCore.Operators;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the operators' page and its endpoints.</summary>
public static class OperatorEndpointExtensions
{
    private const string Page = "/admin";

    /// <summary>
    /// Maps the page <c>/admin/</c>, the status of the replica, the search for events, the audit,
    /// <see cref="DeadLetterEndpointExtensions.MapDeadLetters"/> and <see cref="PauseEndpointExtensions.MapPauses"/>, if
    /// <see cref="MessagingOptions.AdminEndpoints"/> is set. The endpoints do not authenticate their callers: map them on a group that
    /// does. The files of the page hold no data, and every caller may load them.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting of the section <c>Messaging</c> is outside its limits.</exception>
    public static void MapOperators(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!app.ServesAdmin())
        {
            return;
        }

        app.MapPage();
        app.MapStatus();
        app.MapGroup($"{Page}/events")
            .WithTags("Events")
            .RequireMigratedDatabase()
            .MapGet("", EventHandlers.FindAsync)
            .WithName("findEvents")
            .ProducesValidationProblem();
        app.MapGroup($"{Page}/audit")
            .WithTags("Audit")
            .RequireMigratedDatabase()
            .MapGet("", AuditHandlers.ListAsync)
            .WithName("listActions")
            .ProducesValidationProblem();
        app.MapDeadLetters();
        app.MapPauses();
    }

    private static void MapPage(this IEndpointRouteBuilder app)
    {
        foreach (var file in PageFile.ReadAll())
        {
            // A browser sends no token when it opens a page.
            var isIndex = file.Name == PageFile.Index;
            app.MapGet(
                    isIndex ? Page : $"{Page}/page/{file.Name}",
                    (HttpContext context) => isIndex && !EndsInSlash(context.Request) ? RedirectAsync(context) : file.WriteAsync(context))
                .AllowAnonymous()
                .ExcludeFromDescription();
        }
    }

    private static void MapStatus(this IEndpointRouteBuilder app)
    {
        // It listens from now on, not from the first request.
        app.ServiceProvider.GetRequiredService<FlowMeter>();

        var status = app.MapGroup($"{Page}/status").WithTags("Status");
        status.MapGet("", StatusHandlers.Read).WithName("readStatus");

        // The duration of a stream is no latency.
        status.MapGet("/stream", StatusHandlers.Stream)
            .WithName("streamStatus")
            .DisableHttpMetrics()
            .ProducesProblem(MessagingProblems.TooManyStreams);
    }

    /// <summary>The page names its files relative to its own address.</summary>
    private static bool EndsInSlash(HttpRequest request) => request.Path.Value?.EndsWith('/') == true;

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.Redirect($"{context.Request.PathBase}{Page}/");
        return Task.CompletedTask;
    }
}
