using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace UserOrder.Tests.Contracts;

/// <summary>The files in the folder <c>contracts</c>, and the documents that the build generates for it.</summary>
internal static class ContractFiles
{
    public const string Guide = "docs/contracts.md";

    public static string Folder { get; } = Path.Combine(Repository.Root, "contracts");

    public static string Tools { get; } = Path.Combine(Folder, "tools");

    /// <summary>The contracts of the latest release.</summary>
    public static string Baseline { get; } = Path.Combine(Folder, "baseline");

    public static IReadOnlyList<string> Services { get; } = ["user-api", "order-api"];

    /// <summary>The event types with a contract, taken from the names of the schema files.</summary>
    public static IReadOnlyList<string> EventTypes { get; } = EventTypesIn(Folder);

    public static string OpenApi(string service) => Path.Combine(Folder, "openapi", $"{service}.v1.json");

    /// <summary>The document that the latest build of the service generated.</summary>
    public static string GeneratedOpenApi(string service) =>
        Path.Combine(
            Repository.Root, service == "user-api" ? "UserOrder.UserApi" : "UserOrder.OrderApi", "obj", "openapi", $"{service}.json");

    public static string EventSchema(string folder, string type) => Path.Combine(folder, "events", $"{type}.schema.json");

    public static IReadOnlyList<string> EventTypesIn(string folder) =>
        [.. Directory.GetFiles(Path.Combine(folder, "events"), "*.schema.json")
            .Select(path => Path.GetFileName(path).Replace(".schema.json", "", StringComparison.Ordinal))
            .Where(type => type != "cloudevent")
            .Order(StringComparer.Ordinal)];

    /// <summary>The messages in <c>events/{type}/{kind}</c>, where the kind is <c>examples</c> or <c>counter-examples</c>.</summary>
    public static IReadOnlyList<string> Messages(string type, string kind) =>
        [.. Directory.GetFiles(Path.Combine(Folder, "events", type, kind), "*.json").Order(StringComparer.Ordinal)];

    public static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    /// <summary>Reads a YAML document as JSON, with its aliases resolved.</summary>
    public static JsonObject ReadYaml(string path)
    {
        var graph = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(File.ReadAllText(path));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().DisableAliases().Build().Serialize(graph))!.AsObject();
    }
}
