using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>A file of the operators' page, embedded in the assembly.</summary>
internal sealed class PageFile
{
    /// <summary>The page itself, which loads the others.</summary>
    public const string Index = "index.html";

    // The page needs its own scripts, styles and data only, and no other page may embed it.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'none'; "
        + "frame-ancestors 'none'; base-uri 'none'";

    private readonly FileContentHttpResult _content;

    private PageFile(string name)
    {
        Name = name;
        using var resource = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
        _content = TypedResults.Bytes(bytes, TypeOf(name), entityTag: tag);
    }

    public string Name { get; }

    public static IReadOnlyList<PageFile> ReadAll() =>
    [
        .. typeof(PageFile).Assembly.GetManifestResourceNames()
            .Where(name => TypeOf(name) is not null)
            .Select(name => new PageFile(name)),
    ];

    public Task WriteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return _content.ExecuteAsync(context);
    }

    private static string? TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        _ => null,
    };
}
