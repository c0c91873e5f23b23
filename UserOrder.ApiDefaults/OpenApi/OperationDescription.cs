using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Security;
using UserOrder.ApiDefaults.Versioning;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Describes an operation by its endpoint's metadata: headers, problems and the required scope.</summary>
internal static class OperationDescription
{
    private static readonly string[] VersionHeaders = [ApiDocument.VersionsHeader, ApiDocument.DeprecationHeader, ApiDocument.SunsetHeader];

    public static void Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var responses = operation.Responses ??= [];
        AddHeaders(responses, metadata.OfType<ResponseHeader>());
        ProblemResponses.Apply(responses, context.Description, context.Document);
        if (metadata.OfType<ApiVersion>().Any())
        {
            AddVersionHeaders(responses, context.Document);
        }

        if (metadata.OfType<RequiredScope>().LastOrDefault() is { } required)
        {
            operation.Security =
            [
                new() { [new OpenApiSecuritySchemeReference(ApiDocument.AccessToken, context.Document)] = [required.Name] },
            ];
        }

        SortByStatus(responses);
    }

    private static void AddHeaders(OpenApiResponses responses, IEnumerable<ResponseHeader> headers)
    {
        foreach (var response in responses.Where(response => response.Key.StartsWith('2'))
            .Select(response => (OpenApiResponse)response.Value))
        {
            foreach (var (name, description) in headers)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers[name] = new OpenApiHeader
                {
                    Description = description,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                };
            }
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

    private static void SortByStatus(OpenApiResponses responses)
    {
        var sorted = responses.OrderBy(response => int.Parse(response.Key, CultureInfo.InvariantCulture)).ToList();
        responses.Clear();
        foreach (var (status, response) in sorted)
        {
            responses[status] = response;
        }
    }
}

/// <summary>Endpoint metadata: a header of the successful responses.</summary>
internal sealed record ResponseHeader(string Name, string Description);
