using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace UserOrder.Messaging.AspNetCore;

internal static class MessagingProblemExtensions
{
    /// <summary>Declares the statuses, and as metadata of the type <see cref="ProblemDetails"/> the problem types.</summary>
    public static TBuilder ProducesProblem<TBuilder>(this TBuilder endpoint, params MessagingProblem[] problems)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var problem in problems)
        {
            endpoint.ProducesProblem(problem.Status).WithMetadata(problem.ToDetails());
        }

        return endpoint;
    }
}
