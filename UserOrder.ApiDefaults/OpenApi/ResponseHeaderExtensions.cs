using UserOrder.ApiDefaults.OpenApi;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Declares the headers of a success.</summary>
public static class ResponseHeaderExtensions
{
    /// <summary>Adds a header to the successful responses in the OpenAPI document.</summary>
    /// <param name="endpoint">One endpoint, or a group.</param>
    /// <param name="name">The header's name.</param>
    /// <param name="description">The header's value in words.</param>
    public static TBuilder ProducesHeader<TBuilder>(this TBuilder endpoint, string name, string description)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ResponseHeader(name, description));
}
