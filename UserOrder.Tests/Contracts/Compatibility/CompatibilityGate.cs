using System.Text.Json.Nodes;

namespace UserOrder.Tests.Contracts.Compatibility;

/// <summary>Compares all contracts with those of the latest release, and reports each break and its remedy in one line.</summary>
internal static class CompatibilityGate
{
    public static IReadOnlyList<string> FindBreaks(string baseline, string current) =>
    [
        .. OfEnvelope(
            ContractFiles.Read(ContractFiles.EventSchema(baseline, "cloudevent")),
            ContractFiles.Read(ContractFiles.EventSchema(current, "cloudevent"))),
        .. ContractFiles.EventTypesIn(baseline).SelectMany(type => OfEvent(
            type, ContractFiles.Read(ContractFiles.EventSchema(baseline, type)), ReadIfPresent(ContractFiles.EventSchema(current, type)))),
        .. Directory.GetFiles(Path.Combine(baseline, "openapi"), "*.json").Order(StringComparer.Ordinal).SelectMany(path =>
            OfApi(
                Path.GetFileNameWithoutExtension(path),
                ContractFiles.Read(path),
                ReadIfPresent(Path.Combine(current, "openapi", Path.GetFileName(path))))),
        .. AsyncApiComparison.Compare(
            ContractFiles.ReadYaml(Path.Combine(baseline, "asyncapi.yaml")), ContractFiles.ReadYaml(Path.Combine(current, "asyncapi.yaml")))
            .Select(found => $"asyncapi.yaml: {found}. Put it back, and add the new beside it ({ContractFiles.Guide})."),
    ];

    public static IEnumerable<string> OfEvent(string type, JsonObject before, JsonObject? after) =>
        (after is null ? ["its schema was removed"] : new SchemaComparison(before, after, Flow.Event).Compare(before, after))
            .Select(found =>
                $"{type}: {found}. Consumers rely on it: undo the change, or add {Next(type)} beside it ({ContractFiles.Guide}).");

    private static IEnumerable<string> OfEnvelope(JsonObject before, JsonObject after) =>
        new SchemaComparison(before, after, Flow.Event).Compare(before, after)
            .Select(found =>
                $"cloudevent: {found}. Every consumer relies on it, and it has no version: undo the change ({ContractFiles.Guide}).");

    public static IEnumerable<string> OfApi(string name, JsonObject before, JsonObject? after) =>
        (after is null ? ["its document was removed"] : OpenApiComparison.Compare(before, after))
            .Select(found =>
                $"{name}: {found}. Clients rely on it: undo the change, or add {Next(name)} beside it ({ContractFiles.Guide}).");

    private static JsonObject? ReadIfPresent(string path) => File.Exists(path) ? ContractFiles.Read(path) : null;

    /// <summary>From <c>user.created.v1</c> to <c>user.created.v2</c>.</summary>
    private static string Next(string name)
    {
        var version = name.LastIndexOf('v') + 1;
        return $"{name[..version]}{int.Parse(name[version..], System.Globalization.CultureInfo.InvariantCulture) + 1}";
    }
}
