using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Validation;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Adds the limits of validation attributes that the framework omits from the schema or translates inexactly.</summary>
internal static class SchemaLimits
{
    public static void Apply(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        // The attribute matches the whole text; a schema's pattern matches anywhere
        // (https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.3).
        if (schema.Pattern is { } pattern && !pattern.StartsWith('^'))
        {
            schema.Pattern = $"^(?:{pattern})$";
        }

        // The framework does not know what a converter reads.
        schema.Type ??= TypeOf(Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type);

        foreach (var attribute in context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [])
        {
            switch (attribute)
            {
                case DecimalsAttribute decimals:
                    schema.MultipleOf = (decimal)Math.Pow(10, -decimals.Places);
                    break;
                case RequiredAttribute:
                    schema.Type &= ~JsonSchemaType.Null;
                    break;
                case NotEmptyAttribute:
                    schema.Not = new OpenApiSchema { Enum = [(JsonNode)Guid.Empty.ToString()] };
                    break;
            }
        }
    }

    private static JsonSchemaType? TypeOf(Type read) =>
        read == typeof(int) ? JsonSchemaType.Integer : read == typeof(decimal) ? JsonSchemaType.Number : null;
}
