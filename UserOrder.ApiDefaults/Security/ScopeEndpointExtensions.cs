using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Requests;
using UserOrder.ApiDefaults.Security;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Declares who may call an endpoint.</summary>
public static class ScopeEndpointExtensions
{
    /// <summary>Requires an access token with the scope. An open service requires none.</summary>
    /// <param name="endpoint">One endpoint, or a group.</param>
    /// <param name="scope">A scope of the service, or <see cref="Scopes.Admin"/>.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder
    {
        var required = new RequiredScope(scope);
        endpoint.Add(builder =>
        {
            builder.Metadata.Add(required);
            if (!builder.ApplicationServices.GetRequiredService<AccessControl>().IsOpen)
            {
                builder.Metadata.Add(required.Policy);
            }
        });
        return endpoint.ProducesProblem(ProblemTypes.Unauthenticated, ProblemTypes.Forbidden, ProblemTypes.IssuerUnavailable);
    }

    /// <summary>Creates a group for the operators' endpoints. They require the scope <c>admin</c> and are internal.</summary>
    public static IEndpointRouteBuilder MapAdmin(this WebApplication app) =>
        app.MapGroup("").RequireScope(Scopes.Admin).OnInternalPort().AnswerHead();
}
