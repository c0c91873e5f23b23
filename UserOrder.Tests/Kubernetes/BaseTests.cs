using System.Text.RegularExpressions;
using UserOrder.Tests.Manifest;

namespace UserOrder.Tests.Kubernetes;

/// <summary>The committed Kubernetes base matches the manifest.</summary>
public sealed partial class BaseTests
{
    private static readonly AppManifest Manifest = KubernetesFiles.Manifest;

    private static readonly List<KubernetesObject> Objects =
        [.. Directory.GetFiles(KubernetesFiles.Base, "*.yaml", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "kustomization.yaml")
            .SelectMany(file => KubernetesObject.ReadAll(File.ReadAllText(file)))];

    public static TheoryData<string> Resources { get; } = new(Manifest.Runnable.Select(entry => entry.Name));

    public static TheoryData<string> Projects { get; } =
        new(Manifest.Runnable.Where(entry => entry.Resource.IsProject).Select(entry => entry.Name));

    [Fact]
    public void Each_runnable_resource_has_one_workload_and_one_Service()
    {
        var resources = Manifest.Runnable.Select(entry => entry.Name).Order().ToList();

        Assert.Equal(resources, Objects.Where(item => item.IsWorkload).Select(item => item.Name).Order());
        Assert.Equal(resources, Objects.Where(item => item.Kind == "Service").Select(item => item.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void A_workload_has_the_image_ports_and_environment_of_its_resource(string name)
    {
        var resource = Manifest[name];
        var container = Workload(name).Container;

        Assert.Equal(
            resource.Image ?? $"registry.userorder.example/{ServiceProperties.RepositoryOf(ProjectFile(resource))}:{Repository.Version}",
            container.At("image")!.Text());
        Assert.Equal(
            resource.Bindings.Select(binding => (binding.Key, binding.Value.TargetPort!.Value)),
            container.At("ports").Items().Select(port => (port.At("name")!.Text(), port.At("containerPort")!.Number())));
        Assert.Equal(
            resource.Environment.Select(entry => (entry.Key, ClusterExpressions.Evaluate(Manifest, entry.Value))),
            container.At("env").Items().Select(entry => (entry.At("name")!.Text(), entry.At("value")!.Text())));
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void A_Service_has_the_ports_of_the_manifest(string name)
    {
        var service = Objects.Single(item => item.Kind == "Service" && item.Name == name);

        Assert.Equal(
            Manifest[name].Bindings.Select(binding => (binding.Value.WellKnownPort!.Value, binding.Key)),
            service.Spec.At("ports").Items().Select(port => (port.At("port")!.Number(), port.At("targetPort")!.Text())));
        Assert.Equal(name, service.Spec.At("selector", "app")!.Text());
        Assert.Equal(name, Workload(name).PodLabels["app"]);
    }

    [Fact]
    public void The_base_contains_no_unresolved_expression_and_no_secret()
    {
        var secrets = Manifest.Secrets.Select(ClusterExpressions.VariableOf).ToHashSet();
        Assert.NotEmpty(secrets);

        foreach (var file in Directory.GetFiles(KubernetesFiles.Base, "*", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotMatch(Unresolved(), text);
            Assert.All(Variable().Matches(text), variable => Assert.Contains(variable.Groups[1].Value, secrets));
            Assert.All(
                PasswordInText().Matches(text),
                password => Assert.StartsWith("$(", password.Groups[1].Value + password.Groups[2].Value, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(Objects, item => item.Kind is "Secret" or "ConfigMap");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_service_has_three_replicas_three_probes_and_no_privileges(string name)
    {
        var workload = Workload(name);
        var container = workload.Container;

        Assert.Equal("Deployment", workload.Kind);
        Assert.Equal(3, workload.Spec.At("replicas")!.Number());
        Assert.Equal("RollingUpdate", workload.Spec.At("strategy", "type")!.Text());
        Assert.Equal(0, workload.Spec.At("strategy", "rollingUpdate", "maxUnavailable")!.Number());
        Assert.Equal("/alive", container.At("startupProbe", "httpGet", "path")!.Text());
        Assert.Equal("/alive", container.At("livenessProbe", "httpGet", "path")!.Text());
        Assert.Equal("/health", container.At("readinessProbe", "httpGet", "path")!.Text());
        Assert.Equal("true", container.At("securityContext", "readOnlyRootFilesystem")!.Text());
        Assert.Equal("true", container.At("securityContext", "runAsNonRoot")!.Text());
        Assert.Equal("false", workload.Pod.At("automountServiceAccountToken")!.Text());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_service_image_listens_on_the_port_of_the_manifest(string name) =>
        Assert.Equal($"{Assert.Single(Manifest[name].Bindings).Value.TargetPort}", ServiceProperties.PortOf(ProjectFile(Manifest[name])));

    private static KubernetesObject Workload(string name) => Objects.Single(item => item.IsWorkload && item.Name == name);

    private static string ProjectFile(ManifestResource resource) => Path.Combine(KubernetesFiles.ManifestFolder, resource.Path!);

    [GeneratedRegex(@"\{[^}]*\.(value|bindings|connectionString|inputs)")]
    private static partial Regex Unresolved();

    [GeneratedRegex(@"\$\(([A-Z0-9_]+)\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?:Password=([^;\s]+)|://[^:/\s]+:([^@\s]+)@)")]
    private static partial Regex PasswordInText();
}
