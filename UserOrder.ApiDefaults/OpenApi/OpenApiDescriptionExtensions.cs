using Microsoft.AspNetCore.OpenApi;
using UserOrder.ApiDefaults.OpenApi;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Turns the framework's OpenAPI document into a complete contract.</summary>
public static class OpenApiDescriptionExtensions
{
    /// <summary>Adds title and description, and for each operation its id, examples, headers and problem types.</summary>
    public static OpenApiOptions Describe(this OpenApiOptions options, string title, string description)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            SchemaLimits.Apply(schema, context);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            OperationDescription.Apply(operation, context);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, context, _) =>
        {
            ApiDocument.Apply(document, context.DocumentName, title, description);
            return Task.CompletedTask;
        });
        return options;
    }
}
