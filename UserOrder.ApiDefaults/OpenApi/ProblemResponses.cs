using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>An operation's errors in the OpenAPI document: each status with the problem types that it may have.</summary>
internal static class ProblemResponses
{
    public const string Schema = "Problem";
    private const string MediaType = "application/problem+json";

    /// <summary>What every operation of a version may answer with.</summary>
    private static readonly string[] Everywhere =
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
        foreach (var status in types.GroupBy(type => ProblemTypes.Meanings[type].Status))
        {
            responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response(status.Key, [.. status], document);
        }

        // What was declared by the framework's own means has no types.
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
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri", Description = "The kind of problem: stable, and the field to compare." },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The kind of problem in words." },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "400", Maximum = "599", Description = "The status of the answer once more." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "This occurrence in words, for people." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "With the type validation: what is wrong with each field, by its path.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        },
    };

    private static OpenApiResponse Response(int status, IReadOnlyList<string> types, OpenApiDocument? document)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(' ', types.Select(type => ProblemTypes.Meanings[type].Title)),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [MediaType] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        AllOf = [new OpenApiSchemaReference(Schema, document)],
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["type"] = new OpenApiSchema { Enum = [.. types.Select(type => (JsonNode)type)] },
                            ["status"] = new OpenApiSchema { Enum = [status] },
                        },
                    },
                    Examples = types.ToDictionary(type => type[ProblemTypes.Base.Length..], type => (IOpenApiExample)new OpenApiExample { Value = Example(type) }),
                },
            },
        };
        if (types.All(type => ProblemTypes.Meanings[type].IsPassing))
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "How many seconds to wait before the next try.",
                    Required = true,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
                },
            };
        }

        return response;
    }

    private static JsonObject Example(string type)
    {
        var example = new JsonObject { ["type"] = type, ["title"] = ProblemTypes.Meanings[type].Title, ["status"] = ProblemTypes.Meanings[type].Status };
        if (type == ProblemTypes.Validation)
        {
            example["errors"] = new JsonObject { ["name"] = new JsonArray("The Name field is required.") };
        }

        return example;
    }
}
