using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Settings;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the operators' endpoints.</summary>
public static class DeadLetterEndpointExtensions
{
    /// <summary>
    /// Maps <c>/admin/dead-letters</c> for the queues that the service consumes from, if <see cref="MessagingOptions.AdminEndpoints"/> is
    /// set. The endpoints do not authenticate their callers: map them on a group that does.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting of the section <c>Messaging</c> is outside its limits.</exception>
    public static void MapDeadLetters(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!app.ServesAdmin())
        {
            return;
        }

        var all = app.MapGroup("/admin/dead-letters")
            .WithTags("Dead letters")
            .RequireMigratedDatabase()
            .AddEndpointFilter(CrossSiteRequests.RefuseAsync)
            .AddEndpointFilter(DeadLetterProblems.AnswerAsync)
            .ProducesProblem(MessagingProblems.BrokerUnavailable);
        all.MapGet("", DeadLetterHandlers.CountAsync).WithName("countDeadLetters");

        var ofQueue = all.MapGroup("/{queue}")
            .ProducesProblem(MessagingProblems.NotFound, MessagingProblems.DeadLettersBusy);
        ofQueue.MapGet("", DeadLetterHandlers.ListAsync).WithName("listDeadLetters").ProducesValidationProblem();
        ofQueue.MapGet("/export", DeadLetterHandlers.ExportAsync)
            .WithName("exportDeadLetters")
            .Produces<string>(contentType: DeadLetterHandlers.JsonLines)
            .ProducesValidationProblem();
        ofQueue.MapPost("/replay", DeadLetterHandlers.ReplayAllAsync)
            .WithName("replayDeadLetters")
            .ProducesValidationProblem()
            .ProducesProblem(MessagingProblems.QueueFull, MessagingProblems.CrossSite);
        ofQueue.MapDelete("", DeadLetterHandlers.DiscardAllAsync)
            .WithName("discardDeadLetters")
            .ProducesProblem(MessagingProblems.CrossSite);
        ofQueue.MapGet("/{id}", DeadLetterHandlers.FindAsync).WithName("findDeadLetter");
        ofQueue.MapPost("/{id}/replay", DeadLetterHandlers.ReplayAsync)
            .WithName("replayDeadLetter")
            .ProducesProblem(MessagingProblems.QueueFull, MessagingProblems.CrossSite);
        ofQueue.MapPost("/{id}/edit", DeadLetterHandlers.EditAsync)
            .WithName("editDeadLetter")
            .ProducesProblem(MessagingProblems.QueueFull, MessagingProblems.CrossSite);
        ofQueue.MapDelete("/{id}", DeadLetterHandlers.DiscardAsync)
            .WithName("discardDeadLetter")
            .ProducesProblem(MessagingProblems.CrossSite);
    }
}
