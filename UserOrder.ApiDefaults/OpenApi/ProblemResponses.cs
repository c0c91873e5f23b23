using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Describes an operation's errors in the OpenAPI document: each status with its problem types.</summary>
internal static class ProblemResponses
{
    public const string Schema = "Problem";
    private const string MediaType = "application/problem+json";

    /// <summary>The problem types of every operation.</summary>
    private static readonly ProblemType[] Everywhere =
    [
        ProblemTypes.Unauthenticated,
        ProblemTypes.Forbidden,
        ProblemTypes.TooManyRequests,
        ProblemTypes.InternalError,
        ProblemTypes.IssuerUnavailable,
        ProblemTypes.Overloaded,
    ];

    public static void Apply(OpenApiResponses responses, OperationContract? contract, OpenApiDocument? document)
    {
        var types = contract?.Problems.Concat(Everywhere) ?? [];
        foreach (var status in types.GroupBy(type => type.Status))
        {
            responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response(status.Key, [.. status], document);
        }

        // A response that the framework added has no problem types.
        foreach (var response in responses.Values)
        {
            if (response.Content?.TryGetValue(MediaType, out var media) == true && media.Examples is null)
            {
                media.Schema = new OpenApiSchemaReference(Schema, document);
            }
        }
    }

    public static OpenApiSchema CreateSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Problem details (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri", Description = "The stable identifier of the kind of problem. Compare this field." },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The kind of problem in words." },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "400", Maximum = "599", Description = "The status of the response, repeated." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "This occurrence in words." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "For the type validation: the errors of each field, by its path.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        },
    };

    private static OpenApiResponse Response(int status, IReadOnlyList<ProblemType> types, OpenApiDocument? document)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(' ', types.Select(type => type.Title)),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [MediaType] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        AllOf = [new OpenApiSchemaReference(Schema, document)],
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["type"] = new OpenApiSchema { Enum = [.. types.Select(type => (JsonNode)type.Uri)] },
                            ["status"] = new OpenApiSchema { Enum = [status] },
                        },
                    },
                    Examples = types.ToDictionary(type => type.Name, type => (IOpenApiExample)new OpenApiExample { Value = Example(type) }),
                },
            },
        };
        if (types.All(type => type.IsTransient))
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "How many seconds to wait before a retry.",
                    Required = true,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
                },
            };
        }

        return response;
    }

    private static JsonObject Example(ProblemType type)
    {
        var example = new JsonObject { ["type"] = type.Uri, ["title"] = type.Title, ["status"] = type.Status };
        if (type == ProblemTypes.Validation)
        {
            example["errors"] = new JsonObject { ["name"] = new JsonArray("The Name field is required.") };
        }

        return example;
    }
}
