using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Derives the problems of an operation from its parameters and its endpoint's metadata.</summary>
internal static class OperationProblems
{
    public static IEnumerable<ProblemDetails> Of(ApiDescription operation)
    {
        var parameters = operation.ParameterDescriptions.Select(parameter => parameter.Source).ToHashSet();
        var metadata = operation.ActionDescriptor.EndpointMetadata;
        return OfParameters(parameters).Select(type => type.ToDetails())
            .Concat(metadata.OfType<ProblemDetails>())
            .Concat(OfEveryEndpoint(isLimited: !metadata.OfType<DisableRateLimitingAttribute>().Any()).Select(type => type.ToDetails()))
            .DistinctBy(problem => problem.Type);
    }

    private static IEnumerable<ProblemType> OfParameters(HashSet<BindingSource> sources)
    {
        // A path that matches no route constraint belongs to no operation.
        if (sources.Any(source => source != BindingSource.Path))
        {
            yield return ProblemTypes.Validation;
            yield return ProblemTypes.MalformedRequest;
        }

        if (sources.Contains(BindingSource.Body))
        {
            yield return ProblemTypes.BodyTooLarge;
            yield return ProblemTypes.UnsupportedMediaType;
        }
    }

    private static IEnumerable<ProblemType> OfEveryEndpoint(bool isLimited)
    {
        yield return ProblemTypes.InternalError;
        if (isLimited)
        {
            yield return ProblemTypes.TooManyRequests;
            yield return ProblemTypes.Overloaded;
        }
    }
}
