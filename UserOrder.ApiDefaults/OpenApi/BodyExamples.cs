using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Adds an example to each body, by the body's type. The API's own serializer writes it, so that it matches the schema.</summary>
internal sealed class BodyExamples(IReadOnlyCollection<object> examples)
{
    public void Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        foreach (var parameter in context.Description.ParameterDescriptions.Where(parameter => parameter.Source == BindingSource.Body))
        {
            AddExample(operation.RequestBody?.Content, parameter.Type, json);
        }

        foreach (var response in context.Description.SupportedResponseTypes)
        {
            AddExample(
                operation.Responses?.GetValueOrDefault(response.StatusCode.ToString(CultureInfo.InvariantCulture))?.Content,
                response.Type,
                json);
        }
    }

    private void AddExample(IDictionary<string, OpenApiMediaType>? content, Type? type, JsonSerializerOptions json)
    {
        if (examples.SingleOrDefault(example => example.GetType() == type) is { } example)
        {
            foreach (var media in content?.Values ?? [])
            {
                media.Example = JsonSerializer.SerializeToNode(example, json.GetTypeInfo(example.GetType()));
            }
        }
    }
}
