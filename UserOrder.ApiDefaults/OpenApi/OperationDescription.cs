using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.ApiDefaults.OpenApi;

internal static class OperationDescription
{
    private static readonly string[] VersionHeaders = [ApiDocument.VersionsHeader, ApiDocument.DeprecationHeader, ApiDocument.SunsetHeader];

    public static void Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var contract = context.Description.ActionDescriptor.EndpointMetadata.OfType<OperationContract>().LastOrDefault();
        var responses = operation.Responses ??= [];
        if (contract is not null)
        {
            operation.OperationId = contract.Id;
            SetExample(operation.RequestBody?.Content, contract.Request);
            foreach (var (status, response) in responses)
            {
                if (status.StartsWith('2'))
                {
                    DescribeSuccess((OpenApiResponse)response, contract);
                }
            }
        }

        ProblemResponses.Apply(responses, contract, context.Document);
        if (contract is not null)
        {
            AddVersionHeaders(responses, context.Document);
        }

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredScope>().LastOrDefault() is { } required)
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(ApiDocument.AccessToken, context.Document)] = [required.Name] }];
        }

        Sort(responses);
    }

    private static void DescribeSuccess(OpenApiResponse response, OperationContract contract)
    {
        SetExample(response.Content, contract.Response);
        foreach (var (name, description) in contract.ResponseHeaders)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }
    }

    private static void SetExample(IDictionary<string, OpenApiMediaType>? content, JsonNode? example)
    {
        foreach (var media in content?.Values ?? [])
        {
            media.Example = example?.DeepClone();
        }
    }

    private static void AddVersionHeaders(OpenApiResponses responses, OpenApiDocument? document)
    {
        foreach (var response in responses.Values.Cast<OpenApiResponse>())
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            foreach (var header in VersionHeaders)
            {
                response.Headers[ApiDocument.NameOf(header)] = new OpenApiHeaderReference(header, document);
            }
        }
    }

    /// <summary>Sorts by status.</summary>
    private static void Sort(OpenApiResponses responses)
    {
        var sorted = responses.OrderBy(response => int.Parse(response.Key, CultureInfo.InvariantCulture)).ToList();
        responses.Clear();
        foreach (var (status, response) in sorted)
        {
            responses[status] = response;
        }
    }
}
