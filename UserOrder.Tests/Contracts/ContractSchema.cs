using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace UserOrder.Tests.Contracts;

/// <summary>A JSON Schema (2020-12), formats included, that says where a value does not fit.</summary>
internal sealed class ContractSchema
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private readonly JsonSchema _schema;

    public ContractSchema(JsonNode schema)
    {
        // A name makes it a part of a register, which no test needs.
        var unnamed = schema.DeepClone();
        (unnamed as JsonObject)?.Remove("$id");
        _schema = JsonSchema.FromText(unnamed.ToJsonString());
    }

    /// <summary>What is wrong with a value, one sentence for each place; empty where it is valid.</summary>
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

    private static string PlaceOf(EvaluationResults detail) => detail.InstanceLocation.ToString() is { Length: > 0 } place ? place : "the top";
}
