using Microsoft.OpenApi;
using UserOrder.ApiDefaults.Versioning;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>Adds the shared parts of the OpenAPI document: the general description and the components.</summary>
internal static class ApiDocument
{
    public const string VersionsHeader = "ApiSupportedVersions";
    public const string DeprecationHeader = "Deprecation";
    public const string SunsetHeader = "Sunset";
    public const string AccessToken = "AccessToken";

    private const string Common =
        "Bodies are JSON in UTF-8; a request's body has at most 64 KiB and no content coding. Unknown fields are ignored, in both " +
        "directions. Errors are problem details (RFC 9457) with a stable `type`; treat an unknown type by its status. Times are UTC, ids " +
        "are UUIDs. The version is the first segment of the path; an unknown version is answered `404` with the type " +
        "`unsupported-version`. An unknown address is answered `404 not-found`, an unsupported method `405 method-not-allowed`, and a " +
        "request that is not HTTP `400` without a body. `HEAD` is answered as `GET`, without the body.";

    public static void Apply(OpenApiDocument document, string version, string title, string description)
    {
        document.Info = new OpenApiInfo
        {
            Title = title,
            Version = version,
            Description = $"{description}\n\n{Common}",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
        {
            tag.Description ??= description;
        }

        // Without servers, the paths are relative to the document's address (OpenAPI 3.1, section 4.8.1).
        document.Servers = null;
        AddComponents(document);
    }

    private static void AddComponents(OpenApiDocument document)
    {
        // The framework's schema neither lists the types nor requires the property.
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
                "An access token of the issuer that the service trusts. A scope covers the caller's own resources, with the suffix " +
                "`:any` everybody's; `admin` covers everything. An open service requires no token.",
        });
        document.AddComponent(VersionsHeader, Header(
            "The versions that the service answers.",
            required: true,
            new OpenApiSchema { Type = JsonSchemaType.String }));
        document.AddComponent(DeprecationHeader, Header(
            "When the version was or will be deprecated, as an @ and seconds since 1970 (RFC 9745); absent until that is announced.",
            required: false,
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^@-?[0-9]+$" }));
        document.AddComponent(SunsetHeader, Header(
            "When the version is expected to end, as an HTTP date (RFC 8594); absent until that is announced.",
            required: false,
            new OpenApiSchema { Type = JsonSchemaType.String }));
    }

    /// <summary>The header's name on the wire, which differs from a component's name.</summary>
    public static string NameOf(string component) => component == VersionsHeader ? ApiVersionHeaders.Supported : component;

    private static OpenApiHeader Header(string description, bool required, OpenApiSchema schema) =>
        new() { Description = description, Required = required, Schema = schema };
}
