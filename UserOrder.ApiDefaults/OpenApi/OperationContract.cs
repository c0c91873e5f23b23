using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>
/// What the OpenAPI document says of an operation and its code does not show; add it to the endpoint's metadata. Examples are written by the
/// JSON of the API itself, so they cannot be of another shape.
/// </summary>
/// <param name="Id">The <c>operationId</c>, by which generated clients name their method: it stays for good.</param>
public sealed record OperationContract(string Id)
{
    /// <summary>An example of the body that is sent; null where there is none.</summary>
    public JsonNode? Request { get; init; }

    /// <summary>An example of the body that a success is answered with.</summary>
    public JsonNode? Response { get; init; }

    /// <summary>The <see cref="Problems.ProblemTypes"/> that may be answered, besides a defect's.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The response headers of a success, by name, and what they say.</summary>
    public IReadOnlyDictionary<string, string> ResponseHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>The example as it is on the wire.</summary>
    public static JsonNode Example<T>(T value, JsonTypeInfo<T> json) => JsonSerializer.SerializeToNode(value, json)!;
}
