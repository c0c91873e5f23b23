using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Settings;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the operators' endpoints that pause and resume.</summary>
public static class PauseEndpointExtensions
{
    /// <summary>
    /// Maps <c>/admin/paused</c>, and <c>pause</c> and <c>resume</c> of <c>/admin/relay</c> and <c>/admin/consumers/{queue}</c>, if
    /// <see cref="MessagingOptions.AdminEndpoints"/> is set. The endpoints do not authenticate their callers: map them on a group that
    /// does.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting of the section <c>Messaging</c> is outside its limits.</exception>
    public static void MapPauses(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!app.ServesAdmin())
        {
            return;
        }

        var all = app.MapGroup("/admin").WithTags("Pauses").RequireMigratedDatabase().AddEndpointFilter(CrossSiteRequests.RefuseAsync);
        all.MapGet("/paused", PauseHandlers.ListAsync).WithName("listPauses");

        var relay = all.MapGroup("/relay").ProducesProblem(MessagingProblems.CrossSite);
        relay.MapPost("/pause", PauseHandlers.PauseRelayAsync).WithName("pauseRelay");
        relay.MapPost("/resume", PauseHandlers.ResumeRelayAsync).WithName("resumeRelay");

        var consumer = all.MapGroup("/consumers/{queue}")
            .AddEndpointFilter(PauseHandlers.RefuseUnknownQueueAsync)
            .ProducesProblem(MessagingProblems.NotFound, MessagingProblems.CrossSite);
        consumer.MapPost("/pause", PauseHandlers.PauseConsumerAsync).WithName("pauseConsumer");
        consumer.MapPost("/resume", PauseHandlers.ResumeConsumerAsync).WithName("resumeConsumer");
    }
}
