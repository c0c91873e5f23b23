using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace UserOrder.Tests.Contracts;

/// <summary>A JSON Schema (2020-12) that also validates formats and reports the place of each violation.</summary>
internal sealed class ContractSchema
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private readonly JsonSchema _schema;

    public ContractSchema(JsonNode schema)
    {
        // A schema with an $id would join the global registry, which no test needs.
        var unnamed = schema.DeepClone();
        (unnamed as JsonObject)?.Remove("$id");
        _schema = JsonSchema.FromText(unnamed.ToJsonString());
    }

    /// <summary>The violations of a value, one sentence each; empty for a valid value.</summary>
    public IReadOnlyList<string> Check(JsonElement value)
    {
        var results = _schema.Evaluate(value, Options);
        return results.IsValid
            ? []
            : [.. (results.Details ?? [])
                .Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Values.Select(error => $"at {PlaceOf(detail)}: {error}"))
                .DefaultIfEmpty("the value is not valid")
                .Distinct()];
    }

    private static string PlaceOf(EvaluationResults detail) =>
        detail.InstanceLocation.ToString() is { Length: > 0 } place ? place : "the top";
}
