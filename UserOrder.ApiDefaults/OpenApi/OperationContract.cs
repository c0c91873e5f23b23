using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.OpenApi;

/// <summary>
/// Endpoint metadata: the parts of an operation's OpenAPI description that the framework cannot derive from code. The API's own JSON
/// serializer writes the examples, so that they always match its schema.
/// </summary>
/// <param name="Id">The <c>operationId</c>. Generated clients name their methods by it, so it never changes.</param>
public sealed record OperationContract(string Id)
{
    /// <summary>An example of the request body; null for an operation without one.</summary>
    public JsonNode? Request { get; init; }

    /// <summary>An example of the response body of a success.</summary>
    public JsonNode? Response { get; init; }

    /// <summary>The problem types that the operation may answer with, besides those of every operation.</summary>
    public IReadOnlyList<ProblemType> Problems { get; init; } = [];

    /// <summary>The response headers of a success: names and descriptions.</summary>
    public IReadOnlyDictionary<string, string> ResponseHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Serializes an example as the API does.</summary>
    public static JsonNode Example<T>(T value, JsonTypeInfo<T> json) => JsonSerializer.SerializeToNode(value, json)!;
}
