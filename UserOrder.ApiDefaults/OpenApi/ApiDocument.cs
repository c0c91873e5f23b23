using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Versioning;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Makes the OpenAPI document a contract: what it leaves out of the framework's own, a client would have to find out by trying.</summary>
public static class ApiDocument
{
    internal const string VersionsHeader = "ApiSupportedVersions";
    internal const string DeprecationHeader = "Deprecation";
    internal const string SunsetHeader = "Sunset";
    internal const string AccessToken = "AccessToken";

    /// <summary>Adds title and description, and of each operation its id, examples, headers, and every problem that it may answer with.</summary>
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
            document.Info = new OpenApiInfo
            {
                Title = title,
                Version = context.DocumentName,
                Description = $"{description}\n\n{Common}",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            };
            foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            {
                tag.Description ??= description;
            }

            AddComponents(document);
            return Task.CompletedTask;
        });
        return options;
    }

    private const string Common =
        "Bodies are JSON in UTF-8; a request's may have 64 KiB. Unknown fields are ignored, in both directions. Errors are problem details " +
        "(RFC 9457) with a stable `type`; treat one that you do not know by its status. Times are UTC, ids are UUIDs. The version is the " +
        "first segment of the path; one that is not there is answered `404` with the type `unsupported-version`. An address or a method that " +
        "no version has is answered `404 not-found` or `405 method-not-allowed`, and what is no HTTP `400` without a body.";

    private static void AddComponents(OpenApiDocument document)
    {
        // The framework's own schema knows neither the types nor that they are always there.
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas?.Remove("ProblemDetails");
        document.Components.Schemas?.Remove("HttpValidationProblemDetails");
        document.AddComponent(ProblemResponses.Schema, ProblemResponses.CreateSchema());
        document.AddComponent<IOpenApiSecurityScheme>(AccessToken, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description =
                "An access token of the issuer that the service trusts. A scope reaches what is the caller's own, with `:any` behind it everybody's; " +
                "`admin` reaches everything. A service that was told to be open asks for none.",
        });
        document.AddComponent(VersionsHeader, Header("The versions that the service answers.", required: true, new OpenApiSchema { Type = JsonSchemaType.String }));
        document.AddComponent(DeprecationHeader, Header(
            "Since when the version is deprecated, in seconds since 1970 behind an @ (RFC 9745); missing while it is not.",
            required: false,
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^@-?[0-9]+$" }));
        document.AddComponent(SunsetHeader, Header(
            "When the version is expected to be gone, as an HTTP date (RFC 8594); missing while that is open.",
            required: false,
            new OpenApiSchema { Type = JsonSchemaType.String }));
    }

    /// <summary>The header's real name, which a component cannot have.</summary>
    internal static string NameOf(string component) => component == VersionsHeader ? ApiVersionExtensions.SupportedHeader : component;

    private static OpenApiHeader Header(string description, bool required, OpenApiSchema schema) =>
        new() { Description = description, Required = required, Schema = schema };
}
