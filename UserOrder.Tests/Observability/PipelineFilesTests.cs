using System.Text.Json;
using System.Text.RegularExpressions;

namespace UserOrder.Tests.Observability;

/// <summary>The files of the observability pipeline are well formed and consistent. These tests need none of its programs.</summary>
public sealed partial class PipelineFilesTests
{
    [Fact]
    public void The_Collector_pipelines_use_every_configured_component()
    {
        var collector = PipelineFiles.ReadYaml(PipelineFiles.Collector);
        var pipelines = Map(Map(collector, "service"), "pipelines");
        Assert.Equal(["logs", "metrics", "traces"], pipelines.Keys.Select(key => $"{key}").Order());
        foreach (var kind in new[] { "receivers", "processors", "exporters" })
        {
            var used = pipelines.Values.SelectMany(pipeline => List(pipeline!, kind)).Distinct().Order();
            Assert.Equal(Map(collector, kind).Keys.Select(key => $"{key}").Order(), used);
        }

        Assert.Equal(Map(collector, "extensions").Keys, Map(collector, "service")["extensions"]);
    }

    [Fact]
    public void Tail_sampling_keeps_every_trace_with_an_error()
    {
        var policies = (List<object>)Map(Map(PipelineFiles.ReadYaml(PipelineFiles.Collector), "processors"), "tail_sampling")["policies"];

        var errors = policies.Cast<Dictionary<object, object>>().Single(policy => policy["type"] is "status_code");
        Assert.Equal(["ERROR"], (List<object>)Map(errors, "status_code")["status_codes"]);
    }

    [Fact]
    public void Each_panel_uses_a_provisioned_datasource()
    {
        var provisioned = ((List<object>)PipelineFiles.ReadYaml(PipelineFiles.GrafanaDatasources)["datasources"])
            .Select(source => $"{((Dictionary<object, object>)source)["uid"]}")
            .ToHashSet();
        var dashboards = PipelineFiles.Dashboards();

        Assert.Equal(3, dashboards.Count);
        Assert.All(dashboards.Values, dashboard =>
        {
            Assert.NotEmpty(dashboard.GetProperty("panels").EnumerateArray());
            Assert.All(dashboard.GetProperty("panels").EnumerateArray(), panel =>
            {
                Assert.Contains(panel.GetProperty("datasource").GetProperty("uid").GetString()!, provisioned);
                Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            });
        });
        Assert.Equal(dashboards.Count, dashboards.Values.Select(dashboard => dashboard.GetProperty("uid").GetString()).Distinct().Count());
    }

    [Fact]
    public void Every_mounted_file_exists()
    {
        var services = Map(PipelineFiles.ReadYaml(PipelineFiles.Compose), "services");
        var mounts = services.Values.Cast<Dictionary<object, object>>()
            .Where(service => service.ContainsKey("volumes"))
            .SelectMany(service => List(service, "volumes"))
            .Where(volume => volume.StartsWith("./", StringComparison.Ordinal))
            .Select(volume => Path.Combine(PipelineFiles.Root, volume.Split(':')[0]))
            .ToList();

        Assert.NotEmpty(mounts);
        Assert.All(mounts, path => Assert.True(Path.Exists(path), path));
        Assert.NotEmpty(PipelineFiles.ReadYaml(PipelineFiles.GrafanaProviders));
    }

    [Fact]
    public void Each_alert_has_a_runbook_a_severity_and_a_unit_test()
    {
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var headings = Heading().Matches(guide)
            .Select(match => Anchor(match.Groups[1].Value))
            .ToHashSet();
        var tests = string.Concat(Directory.GetFiles(PipelineFiles.RuleTests).Select(File.ReadAllText));
        var alerts = PipelineFiles.RuleDefinitions()
            .Select(definition => definition.Rule)
            .Where(rule => rule.ContainsKey("alert"))
            .ToList();

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Contains(Map(alert, "labels")["severity"], (object[])["page", "ticket"]);
            Assert.Contains($"{Map(alert, "annotations")["runbook_url"]}".Split('#')[1], headings);
            Assert.Contains($"alertname: {alert["alert"]}", tests, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_Kibana_searches_refer_to_the_included_data_view()
    {
        var objects = File.ReadAllLines(PipelineFiles.KibanaObjects).Select(line => JsonElement.Parse(line)).ToList();
        var ids = objects.Select(item => item.GetProperty("id").GetString()).ToHashSet();

        Assert.All(
            objects.SelectMany(item => item.GetProperty("references").EnumerateArray()),
            reference => Assert.Contains(reference.GetProperty("id").GetString(), ids));
        Assert.Contains(objects, item => item.GetProperty("type").GetString() == "search");
    }

    private static Dictionary<object, object> Map(Dictionary<object, object> parent, string key) => (Dictionary<object, object>)parent[key];

    private static IEnumerable<string> List(object parent, string key) =>
        ((List<object>)((Dictionary<object, object>)parent)[key]).Select(item => $"{item}");

    /// <summary>The anchor that GitHub derives from a heading.</summary>
    private static string Anchor(string heading) => NotInAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NotInAnchor();
}
