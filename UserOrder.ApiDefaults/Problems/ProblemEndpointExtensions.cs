using Microsoft.AspNetCore.Mvc;
using UserOrder.ApiDefaults.Problems;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Declares the problems that an endpoint may answer with.</summary>
public static class ProblemEndpointExtensions
{
    /// <summary>Adds problem types to the endpoint's metadata, as <see cref="ProblemDetails"/>. The OpenAPI document lists them.</summary>
    /// <remarks>A library that does not know <see cref="ProblemType"/> declares its own problems in the same way.</remarks>
    public static TBuilder ProducesProblem<TBuilder>(this TBuilder endpoint, params ProblemType[] types)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata([.. types.Select(type => type.ToDetails())]);
}
