using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using UserOrder.ApiDefaults.OpenApi;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Turns the framework's OpenAPI document into a complete contract.</summary>
public static class OpenApiDescriptionExtensions
{
    /// <summary>Adds title and description, and for each operation its examples, headers and problem types.</summary>
    /// <param name="options">The options of the document.</param>
    /// <param name="title">The API's name.</param>
    /// <param name="description">The API's purpose in one sentence.</param>
    /// <param name="examples">An example for each type of a request's or response's body.</param>
    public static OpenApiOptions Describe(
        this OpenApiOptions options, string title, string description, params IReadOnlyCollection<object> examples)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bodies = new BodyExamples(examples);
        var isIncluded = options.ShouldInclude;
        options.ShouldInclude = operation => operation.HttpMethod != HttpMethods.Head && isIncluded(operation);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            SchemaLimits.Apply(schema, context);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            bodies.Apply(operation, context);
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
