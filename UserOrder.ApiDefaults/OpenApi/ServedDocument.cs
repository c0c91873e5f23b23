using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>The OpenAPI document as bytes, made with the first request for it. It depends on no request.</summary>
internal sealed class ServedDocument(IOpenApiDocumentProvider provider, OpenApiSpecVersion version)
{
    private readonly Lock _lock = new();
    private Task<FileContentHttpResult>? _document;

    /// <summary>The response, with an <c>ETag</c>.</summary>
    public Task<FileContentHttpResult> GetAsync()
    {
        lock (_lock)
        {
            return _document = _document is null or { IsFaulted: true } ? MakeAsync() : _document;
        }
    }

    private async Task<FileContentHttpResult> MakeAsync()
    {
        var document = await provider.GetOpenApiDocumentAsync();
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, version);
        var bytes = json.ToArray();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
        return TypedResults.Bytes(bytes, "application/json; charset=utf-8", entityTag: tag);
    }
}
