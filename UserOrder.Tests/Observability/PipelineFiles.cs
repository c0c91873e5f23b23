using System.Text.Json;
using YamlDotNet.Serialization;

namespace UserOrder.Tests.Observability;

/// <summary>The files of the observability pipeline.</summary>
internal static class PipelineFiles
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();

    public static string Root { get; } = Path.Combine(Repository.Root, "deploy", "observability");

    public static string PrometheusConfiguration { get; } = Path.Combine(Root, "prometheus", "prometheus.yml");

    public static string Rules { get; } = Path.Combine(Root, "prometheus", "rules");

    public static string RuleTests { get; } = Path.Combine(Root, "prometheus", "tests");

    public static string Collector { get; } = Path.Combine(Root, "collector", "otel-collector.yaml");

    public static string Compose { get; } = Path.Combine(Root, "compose.yaml");

    public static string GrafanaDatasources { get; } = Path.Combine(Root, "grafana", "provisioning", "datasources", "datasources.yaml");

    public static string GrafanaProviders { get; } = Path.Combine(Root, "grafana", "provisioning", "dashboards", "dashboards.yaml");

    public static string KibanaObjects { get; } = Path.Combine(Root, "kibana", "saved-objects.ndjson");

    public static IReadOnlyDictionary<string, JsonElement> Dashboards() =>
        Directory.GetFiles(Path.Combine(Root, "grafana", "dashboards"), "*.json")
            .ToDictionary(file => Path.GetFileName(file), file => JsonElement.Parse(File.ReadAllText(file)));

    /// <summary>The queries of all panels, with Grafana's variables replaced.</summary>
    public static IEnumerable<(string Panel, string Query)> PanelQueries() =>
        from dashboard in Dashboards()
        from panel in dashboard.Value.GetProperty("panels").EnumerateArray()
        where panel.TryGetProperty("targets", out _)
        from target in panel.GetProperty("targets").EnumerateArray()
        select ($"{dashboard.Key}: {panel.GetProperty("title")}", Resolve(target.GetProperty("expr").GetString()!));

    /// <summary>All recording and alert rules, each with its file.</summary>
    public static IEnumerable<(string File, Dictionary<object, object> Rule)> RuleDefinitions() =>
        from file in Directory.GetFiles(Rules)
        from Dictionary<object, object> grouped in (List<object>)ReadYaml(file)["groups"]
        from Dictionary<object, object> rule in (List<object>)grouped["rules"]
        select (Path.GetFileName(file), rule);

    public static Dictionary<object, object> ReadYaml(string file) => Yaml.Deserialize<Dictionary<object, object>>(File.ReadAllText(file));

    private static string Resolve(string query) =>
        query.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$job", ".+", StringComparison.Ordinal);
}
