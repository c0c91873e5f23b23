using HandlebarsDotNet;
using UserOrder.Tests.Manifest;

namespace UserOrder.Tests.Kubernetes;

/// <summary>
/// The committed base equals the output of aspirate. The test renders the templates with the library and version that aspirate 9.1 uses,
/// and passes them the same data.
/// </summary>
public sealed class TemplateTests
{
    private const string Hint = "Run aspire-manifest/regenerate.sh --base and commit what it writes.";

    [Fact]
    public void The_base_equals_the_rendered_templates()
    {
        var expected = Render();

        var actual = Directory.GetFiles(KubernetesFiles.Base, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(KubernetesFiles.Base, file), File.ReadAllText);

        Assert.True(
            expected.Keys.Order().SequenceEqual(actual.Keys.Order()), $"The files are {string.Join(", ", actual.Keys.Order())}. {Hint}");
        Assert.All(
            expected,
            file => Assert.True(
                file.Value == actual[file.Key], $"{file.Key} differs from its rendered template. {Hint}\n{file.Value}"));
    }

    private static Dictionary<string, string> Render()
    {
        var files = new Dictionary<string, string>();
        foreach (var (name, resource) in KubernetesFiles.Manifest.Runnable)
        {
            var workload = resource.Volumes.Count > 0 ? "statefulset" : "deployment";
            var data = DataOf(name, resource, [$"{workload}.yaml", "service.yaml"]);
            files[$"{name}/{workload}.yaml"] = Render(workload, data);
            files[$"{name}/service.yaml"] = Render("service", data);
            files[$"{name}/kustomization.yaml"] = Render("kustomization", data);
        }

        var whole = new Dictionary<string, object>
        {
            ["namespace"] = "userorder",
            ["withNamespace"] = true,
            ["manifests"] = KubernetesFiles.Manifest.Runnable.Select(entry => entry.Name).Append("namespace.yaml").ToArray(),
        };
        files["namespace.yaml"] = Render("namespace", whole);
        files["kustomization.yaml"] = Render("kustomization", whole);
        return files;
    }

    private static string Render(string template, Dictionary<string, object> data) =>
        Handlebars.Compile(File.ReadAllText(Path.Combine(KubernetesFiles.Templates, $"{template}.hbs")))(data);

    private static Dictionary<string, object> DataOf(string name, ManifestResource resource, string[] manifests) => new()
    {
        ["name"] = name,
        ["isProject"] = resource.IsProject,
        ["containerImage"] = resource.Image ?? $"registry.userorder.example/{name}:{Repository.Version}",
        ["imagePullPolicy"] = "IfNotPresent",
        ["serviceType"] = "ClusterIP",
        ["hasPorts"] = resource.Bindings.Count > 0,
        ["ports"] = resource.Bindings
            .Select(binding => new { name = binding.Key, internalPort = binding.Value.TargetPort, externalPort = binding.Value.Port ?? 0 })
            .ToArray(),
        ["hasAnyEnv"] = resource.Environment.Count > 0,
        ["env"] = resource.Environment.ToDictionary(
            entry => entry.Key, entry => ClusterExpressions.Evaluate(KubernetesFiles.Manifest, entry.Value)),
        ["hasArgs"] = resource.Args.Count > 0,
        ["args"] = resource.Args,
        ["hasVolumes"] = resource.Volumes.Count > 0,
        ["volumes"] = resource.Volumes.Select(volume => new { name = volume.Name, target = volume.Target }).ToArray(),
        ["manifests"] = manifests,
    };
}
