using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Validation;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>The limits of the validation attributes that the framework does not bring into the schema, or not as they are meant.</summary>
internal static class SchemaLimits
{
    public static void Apply(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        // The attribute's expression covers the whole text; in a schema it may match anywhere
        // (https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.3).
        if (schema.Pattern is { } pattern && !pattern.StartsWith('^'))
        {
            schema.Pattern = $"^(?:{pattern})$";
        }

        foreach (var attribute in context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [])
        {
            switch (attribute)
            {
                case DecimalsAttribute decimals:
                    schema.MultipleOf = (decimal)Math.Pow(10, -decimals.Places);
                    break;
                case NotEmptyAttribute:
                    schema.Not = new OpenApiSchema { Enum = [(JsonNode)Guid.Empty.ToString()] };
                    break;
            }
        }
    }
}
