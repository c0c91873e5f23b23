using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Describes an operation's errors in the OpenAPI document: each status with its problem types.</summary>
internal static class ProblemResponses
{
    public const string Schema = "Problem";
    private const string MediaType = "application/problem+json";

    public static void Apply(OpenApiResponses responses, ApiDescription operation, OpenApiDocument? document)
    {
        foreach (var status in OperationProblems.Of(operation).GroupBy(problem => problem.Status!.Value))
        {
            responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response(status.Key, [.. status], document);
        }

        // A response that the endpoint declares without a problem type.
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
            ["type"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "uri",
                Description = "The stable identifier of the kind of problem. Compare this field.",
            },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The kind of problem in words." },
            ["status"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "400",
                Maximum = "599",
                Description = "The status of the response, repeated.",
            },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "This occurrence in words." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "For the type validation: the errors of each field, by its path.",
                AdditionalProperties = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema { Type = JsonSchemaType.String },
                },
            },
        },
    };

    private static OpenApiResponse Response(int status, IReadOnlyList<ProblemDetails> problems, OpenApiDocument? document)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(' ', problems.Select(problem => problem.Title)),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [MediaType] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        AllOf = [new OpenApiSchemaReference(Schema, document)],
                        Properties = Properties(status, problems),
                    },
                    Examples = problems.ToDictionary(NameOf, problem => (IOpenApiExample)new OpenApiExample { Value = Example(problem) }),
                },
            },
        };
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
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

    private static Dictionary<string, IOpenApiSchema> Properties(int status, IReadOnlyList<ProblemDetails> problems)
    {
        var properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Enum = [.. problems.Select(problem => (JsonNode)problem.Type!)] },
            ["status"] = new OpenApiSchema { Enum = [status] },
        };
        foreach (var member in problems.SelectMany(problem => problem.Extensions.Keys))
        {
            properties[member] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "uuid",
                Description = "The id of the missing resource. The answer to an unknown address has none.",
            };
        }

        return properties;
    }

    /// <summary>The last segment of the type's URI.</summary>
    private static string NameOf(ProblemDetails problem) => problem.Type![(problem.Type!.LastIndexOf('/') + 1)..];

    private static JsonObject Example(ProblemDetails problem)
    {
        var example = new JsonObject { ["type"] = problem.Type, ["title"] = problem.Title, ["status"] = problem.Status };
        if (problem.Type == ProblemTypes.Validation.Uri)
        {
            example["errors"] = new JsonObject { ["name"] = new JsonArray("The Name field is required.") };
        }

        foreach (var (member, value) in problem.Extensions)
        {
            example[member] = (string?)value;
        }

        return example;
    }
}
