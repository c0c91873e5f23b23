using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Json.Schema;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The JSON Schemas of events, embedded in a service's assembly as <c>{type}.schema.json</c>. Each is read when needed.</summary>
/// <param name="assembly">The assembly; null for none.</param>
internal sealed class EventSchemas(Assembly? assembly)
{
    private const string Envelope = "cloudevent";
    private const string Data = "data";

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly ConcurrentDictionary<string, JsonSchema?> _schemas = [];

    /// <summary>Checks an event by the schema of the envelope and by that of its type. A missing schema accepts everything.</summary>
    /// <returns>Each violation: a JSON pointer into the event, and a sentence.</returns>
    public IEnumerable<(string Place, string Violation)> Check(string type, JsonElement value)
    {
        var ofEnvelope = Check(Envelope, "", value);
        return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(Data, out var data)
            ? ofEnvelope.Concat(Check(type, $"/{Data}", data))
            : ofEnvelope;
    }

    private IEnumerable<(string Place, string Violation)> Check(string name, string root, JsonElement value) =>
        _schemas.GetOrAdd(name, Read)?.Evaluate(value, Options) is { IsValid: false } results
            ? (results.Details ?? [])
                .Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Values.Select(error => ($"{root}{detail.InstanceLocation}", error)))
            : [];

    private JsonSchema? Read(string name)
    {
        using var resource = assembly?.GetManifestResourceStream($"{name}.schema.json");
        if (resource is null)
        {
            return null;
        }

        using var reader = new StreamReader(resource);

        // A registry of its own, because a second service in the process would register the same $id.
        return JsonSchema.FromText(reader.ReadToEnd(), new BuildOptions { SchemaRegistry = new SchemaRegistry() });
    }
}
