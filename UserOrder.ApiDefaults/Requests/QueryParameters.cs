using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Requests;

/// <summary>Refuses a query parameter of an endpoint that is empty, repeated or not of its type, and names it.</summary>
/// <remarks>
/// The request delegate generator binds some of them to a default: an empty optional one, two empty ones, and any text where an
/// <see cref="int"/> is optional.
/// </remarks>
internal static class QueryParameters
{
    /// <summary>The types that the endpoints use. The framework checks any other one.</summary>
    private static readonly Dictionary<Type, (string Name, Func<string, bool> IsReadable)> Types = new()
    {
        [typeof(int)] = ("integer of 32 bits", text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)),
        [typeof(Guid)] = ("UUID", text => Guid.TryParse(text, CultureInfo.InvariantCulture, out _)),
    };

    public static void UseQueryParameters(this WebApplication app) =>
        app.Use((context, next) => FindMistake(context) is { } mistake
            ? context.WriteProblemAsync(ProblemTypes.MalformedRequest.ToDetails(mistake))
            : next(context));

    private static string? FindMistake(HttpContext context)
    {
        if (!context.Request.QueryString.HasValue)
        {
            return null;
        }

        foreach (var parameter in context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var declared = parameter.ParameterInfo.ParameterType;
            if (Types.TryGetValue(Nullable.GetUnderlyingType(declared) ?? declared, out var type)
                && !context.Request.RouteValues.ContainsKey(parameter.Name)
                && context.Request.Query.TryGetValue(parameter.Name, out var values)
                && !(values is [{ } value] && type.IsReadable(value)))
            {
                return $"The query parameter \"{parameter.Name}\" must be one {type.Name}.";
            }
        }

        return null;
    }
}
