using System.Text.Json.Nodes;

namespace UserOrder.Tests.Contracts.Compatibility;

/// <summary>
/// Finds the changes between two AsyncAPI documents that break a consumer or producer. <see cref="SchemaComparison"/> compares the
/// data of the events.
/// </summary>
internal static class AsyncApiComparison
{
    /// <summary>The values that producers and consumers copy into their own configuration.</summary>
    private static readonly string[][] ChannelFacts =
        [
            ["address"],
            ["bindings", "amqp", "is"],
            ["bindings", "amqp", "exchange", "name"],
            ["bindings", "amqp", "exchange", "type"],
            ["bindings", "amqp", "queue", "name"],
        ];

    private static readonly string[][] MessageFacts = [["name"], ["contentType"], ["bindings", "amqp", "messageType"]];

    /// <summary>One sentence for each break.</summary>
    public static IReadOnlyList<string> Compare(JsonObject before, JsonObject after) =>
    [
        .. Compare("channel", before["channels"], after["channels"], ChannelFacts),
        .. Compare("message", before["components"]?["messages"], after["components"]?["messages"], MessageFacts),
        .. Compare("operation", before["operations"], after["operations"], [["action"], ["channel", "$ref"]]),
    ];

    private static IEnumerable<string> Compare(string kind, JsonNode? before, JsonNode? after, string[][] facts)
    {
        foreach (var (name, was) in before!.AsObject())
        {
            if (after?[name] is not { } now)
            {
                yield return $"the {kind} {name} was removed";
                continue;
            }

            foreach (var fact in facts)
            {
                var (oldValue, newValue) = (Value(was, fact), Value(now, fact));
                if (oldValue is not null && oldValue != newValue)
                {
                    yield return $"the {kind} {name} has its {string.Join('.', fact)} changed from {oldValue} to {newValue ?? "none"}";
                }
            }
        }
    }

    private static string? Value(JsonNode? node, string[] path) => path.Aggregate(node, (at, name) => at?[name])?.ToString();
}
