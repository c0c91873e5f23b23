using Microsoft.AspNetCore.Mvc;
using UserOrder.ApiDefaults.Problems;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Declares the problems that an endpoint may answer with.</summary>
public static class ProblemEndpointExtensions
{
    private const string ExampleId = "01a208d9-b9e2-7f3b-8c51-6f0e2d4a9b77";

    /// <summary>Adds problem types to the endpoint's metadata, as <see cref="ProblemDetails"/>. The OpenAPI document lists them.</summary>
    /// <remarks>A library that does not know <see cref="ProblemType"/> declares its own problems in the same way.</remarks>
    public static TBuilder ProducesProblem<TBuilder>(this TBuilder endpoint, params ProblemType[] types)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata([.. types.Select(ToExample)]);

    private static ProblemDetails ToExample(ProblemType type)
    {
        var example = type.ToDetails();
        if (type.IdMember is { } member)
        {
            example.Extensions[member] = ExampleId;
        }

        return example;
    }
}
