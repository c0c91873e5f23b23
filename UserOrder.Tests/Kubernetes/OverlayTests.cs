using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using YamlDotNet.RepresentationModel;

namespace UserOrder.Tests.Kubernetes;

/// <summary>The requirements that every overlay meets.</summary>
[Collection(KubernetesTests.Name)]
public sealed partial class OverlayTests(BuiltOverlays overlays)
{
    private static readonly string[] Probes = ["startupProbe", "livenessProbe", "readinessProbe"];
    private static readonly string[] ResourceKinds = ["requests", "limits"];

    // The time until node proxies and ingress controllers stop sending to a terminating pod.
    private static readonly TimeSpan EndpointPropagation = TimeSpan.FromSeconds(5);

    public static TheoryData<string> Overlays { get; } = new(KubernetesFiles.Overlays);

    public static TheoryData<string> Components { get; } = new(KubernetesFiles.Components);

    [Theory]
    [MemberData(nameof(Components))]
    public async Task A_component_builds_on_the_base_alone(string component)
    {
        await overlays.AddOverlayAsync($"only-{component}", component);

        Assert.NotEmpty(await overlays.ObjectsOfAsync($"only-{component}"));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_object_is_in_the_namespace_userorder(string overlay) => Assert.All(
        (await overlays.ObjectsOfAsync(overlay)).Where(item => item.Kind != "Namespace"),
        item => Assert.Equal("userorder", item.At("metadata", "namespace")?.Text()));

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_container_has_probes_and_resources(string overlay) => Assert.All(await WorkloadsAsync(overlay), workload =>
    {
        foreach (var probe in Probes)
        {
            Assert.True(workload.Container.At(probe) is not null, $"{workload} has no {probe}.");
        }

        foreach (var kind in ResourceKinds)
        {
            Assert.True(workload.Container.At("resources", kind, "cpu") is not null, $"{workload} has no {kind} of processors.");
            Assert.True(workload.Container.At("resources", kind, "memory") is not null, $"{workload} has no {kind} of memory.");
        }
    });

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_pod_meets_the_restricted_standard(string overlay)
    {
        Assert.All(await WorkloadsAsync(overlay), workload =>
        {
            var pod = workload.Pod.At("securityContext");
            var container = workload.Container.At("securityContext");
            Assert.Equal("true", pod.At("runAsNonRoot")?.Text());
            Assert.True(pod.At("runAsUser")!.Number() > 0, $"{workload} runs as root.");
            Assert.Equal("RuntimeDefault", pod.At("seccompProfile", "type")?.Text());
            Assert.Equal("true", container.At("readOnlyRootFilesystem")?.Text());
            Assert.Equal("false", container.At("allowPrivilegeEscalation")?.Text());
            Assert.Equal(["ALL"], container.At("capabilities", "drop").Items().Select(capability => capability.Text()));
            Assert.Null(container.At("capabilities", "add"));
            Assert.Equal("false", workload.Pod.At("automountServiceAccountToken")?.Text());
            Assert.Equal(workload.Name, workload.Pod.At("serviceAccountName")?.Text());
            Assert.DoesNotContain(workload.Pod.At("volumes").Items(), volume => volume.At("hostPath") is not null);
            Assert.Null(workload.Pod.At("hostNetwork"));
        });
        var space = Assert.Single(await overlays.ObjectsOfAsync(overlay), item => item.Kind == "Namespace");
        Assert.Equal("restricted", space.At("metadata", "labels", "pod-security.kubernetes.io/enforce")?.Text());
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_image_has_a_version(string overlay) => Assert.All(await WorkloadsAsync(overlay), workload =>
    {
        var image = workload.Container.At("image")!.Text();
        Assert.Matches(Tag(), image);
        Assert.False(image.EndsWith(":latest", StringComparison.Ordinal), image);
    });

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_rollout_keeps_all_replicas_available_and_leaves_time_to_drain(string overlay) =>
        Assert.All(await ServicesAsync(overlay), AssertGracefulRollout);

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_disruption_budget_allows_an_eviction_and_keeps_at_least_one_pod(string overlay)
    {
        var objects = await overlays.ObjectsOfAsync(overlay);
        Assert.All(await ServicesAsync(overlay), service =>
        {
            var budget = Assert.Single(
                objects, item => item.Kind == "PodDisruptionBudget" && Selects(item.Spec.At("selector", "matchLabels"), service));
            var autoscaler = objects.SingleOrDefault(
                item => item.Kind is "HorizontalPodAutoscaler" or "ScaledObject"
                    && item.Spec.At("scaleTargetRef", "name")!.Text() == service.Name);
            var replicas = autoscaler?.Spec.At("minReplicas") ?? autoscaler?.Spec.At("minReplicaCount") ?? service.Spec.At("replicas");
            Assert.InRange(budget.Spec.At("minAvailable")!.Number(), 1, replicas!.Number() - 1);

            // Only one object may set the number of replicas.
            Assert.Equal(autoscaler is null, service.Spec.At("replicas") is not null);
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_database_has_connections_for_all_replicas_of_its_service(string overlay)
    {
        // PostgreSQL's default of superuser_reserved_connections.
        const int Reserved = 3;
        var objects = await overlays.ObjectsOfAsync(overlay);
        Assert.All(await ServicesAsync(overlay), service =>
        {
            var scaled = objects.SingleOrDefault(item => item.Kind == "ScaledObject" && item.Name == service.Name);
            var replicas = (scaled?.Spec.At("maxReplicaCount") ?? service.Spec.At("replicas"))!.Number();
            var surge = service.Spec.At("strategy", "rollingUpdate", "maxSurge")!.Number();
            var database = Assert.Single(
                objects,
                item => item.Kind is "StatefulSet" or "Cluster"
                    && item.Name == service.Name.Replace("-api", "-postgres", StringComparison.Ordinal));
            var connections = database.Kind == "Cluster"
                ? database.Spec.At("postgresql", "parameters", "max_connections")!.Number()
                : int.Parse(
                    MaxConnections().Match(string.Join(' ', database.Container.At("args").Items().Select(item => item.Text()))).Value,
                    CultureInfo.InvariantCulture);

            Assert.InRange((replicas + surge) * DatabaseExtensions.DefaultPoolSize, 1, connections - Reserved);
        });
    }

    [Fact]
    public async Task In_production_each_database_archives_its_log_and_is_backed_up_daily_to_a_store_of_its_own()
    {
        const string Plugin = "barman-cloud.cloudnative-pg.io";
        var objects = await overlays.ObjectsOfAsync("production");
        var clusters = objects.Where(item => item.Kind == "Cluster").ToList();

        Assert.Equal(["order-postgres", "user-postgres"], clusters.Select(cluster => cluster.Name).Order(StringComparer.Ordinal));
        Assert.All(clusters, cluster =>
        {
            var plugin = Assert.Single(cluster.Spec.At("plugins").Items());
            Assert.Equal((Plugin, "true"), (plugin.At("name")!.Text(), plugin.At("isWALArchiver")!.Text()));
            var store = Assert.Single(objects, Is("ObjectStore", plugin.At("parameters", "barmanObjectName")!.Text()));
            Assert.EndsWith($"/{cluster.Name}", store.Spec.At("configuration", "destinationPath")!.Text(), StringComparison.Ordinal);
            Assert.All(store.Spec.At("configuration", "s3Credentials").Map(), credential =>
            {
                var secret = Assert.Single(objects, Is("ExternalSecret", credential.Value.At("name")!.Text()));
                Assert.Contains(
                    credential.Value.At("key")!.Text(), secret.Spec.At("data").Items().Select(entry => entry.At("secretKey")!.Text()));
            });
            var backup = Assert.Single(
                objects, item => item.Kind == "ScheduledBackup" && item.Spec.At("cluster", "name")!.Text() == cluster.Name);
            Assert.Equal(
                ("plugin", Plugin), (backup.Spec.At("method")!.Text(), backup.Spec.At("pluginConfiguration", "name")!.Text()));
        });

        static Predicate<KubernetesObject> Is(string kind, string name) => item => item.Kind == kind && item.Name == name;
    }

    [Fact]
    public async Task In_production_the_services_take_events_only_from_each_others_broker_user()
    {
        var services = await ServicesAsync("production");

        Assert.Equal("order-api", UserOf("order-api"));
        Assert.Equal("user-api", UserOf("user-api"));
        Assert.Equal("order-api", PublisherOf("user-api", "order.placed.v1"));
        Assert.Equal("user-api", PublisherOf("order-api", "user.created.v1"));

        string UserOf(string service) => BrokerUser().Match(
            Variable(services.Single(item => item.Name == service), "ConnectionStrings__rabbitmq")!.Text()).Groups[1].Value;

        string PublisherOf(string service, string type) =>
            Variable(services.Single(item => item.Name == service), $"Messaging__Publishers__{type}")!.Text();
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_Service_targets_a_container_port(string overlay)
    {
        var objects = await overlays.ObjectsOfAsync(overlay);
        foreach (var service in objects.Where(item => item.Kind == "Service"))
        {
            var workload = objects.SingleOrDefault(item => item.IsWorkload && Selects(service.Spec.At("selector"), item));
            if (workload is null)
            {
                // An operator creates the pods and copies the label from its custom resource.
                Assert.Contains(
                    objects,
                    item => item.Kind is "RabbitmqCluster" or "Cluster"
                        && item.At("metadata", "labels", "app")?.Text() == service.Spec.At("selector", "app")!.Text());
                continue;
            }

            var ports = workload.Container.At("ports")
                .Items()
                .SelectMany(port => new[] { port.At("name")?.Text(), port.At("containerPort")!.Text() })
                .ToHashSet();
            Assert.All(service.Spec.At("ports").Items(), port => Assert.True(
                ports.Contains(port.At("targetPort")!.Text()) || service.Name == "rabbitmq-metrics",
                $"{service}: no container listens on {port.At("targetPort")}."));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_workload_has_every_variable_and_only_the_passwords_it_references(string overlay)
    {
        var objects = await overlays.ObjectsOfAsync(overlay);
        foreach (var workload in objects.Where(item => item.IsWorkload && KubernetesFiles.Manifest.Resources.ContainsKey(item.Name)))
        {
            var names = workload.Container.At("env").Items().Select(entry => entry.At("name")!.Text()).ToHashSet();
            Assert.Empty(KubernetesFiles.Manifest[workload.Name].Environment.Keys.Except(names));

            var referred = workload.Container.At("env").Items()
                .SelectMany(entry => Reference().Matches(entry.At("value")?.Text() ?? ""))
                .Select(reference => reference.Groups[1].Value)
                .Where(name => !names.Contains(name))
                .Distinct()
                .Order();
            Assert.Equal(referred, SecretKeysOf(workload, objects).Order());
        }
    }

    private static void AssertGracefulRollout(KubernetesObject service)
    {
        Assert.Equal("0", service.Spec.At("strategy", "rollingUpdate", "maxUnavailable")?.Text());
        var drain = TimeSpan.Parse(Variable(service, "Shutdown__Drain")!.Text(), CultureInfo.InvariantCulture);
        Assert.True(drain >= EndpointPropagation, $"{service} drains for {drain}.");

        // After the drain the host waits up to 25 s for requests and batches.
        Assert.True(service.Pod.At("terminationGracePeriodSeconds")!.Number() > drain.TotalSeconds + 25);
        Assert.Equal(2, service.Pod.At("topologySpreadConstraints").Items().Count());
    }

    private static IEnumerable<string> SecretKeysOf(KubernetesObject workload, IReadOnlyList<KubernetesObject> objects)
    {
        var name = Assert.Single(workload.Container.At("envFrom").Items()).At("secretRef", "name")!.Text();
        var secret = Assert.Single(objects, item => item.Kind is "Secret" or "ExternalSecret" && item.Name == name);
        return secret.Kind == "Secret"
            ? secret.At("data").Map().Select(entry => entry.Key)
            : secret.Spec.At("data").Items().Select(entry => entry.At("secretKey")!.Text());
    }

    private static YamlNode? Variable(KubernetesObject workload, string name) =>
        workload.Container.At("env").Items().SingleOrDefault(entry => entry.At("name")!.Text() == name).At("value");

    private static bool Selects(YamlNode? selector, KubernetesObject workload) =>
        selector.Map().Any() && selector.Map().All(label => workload.PodLabels.GetValueOrDefault(label.Key) == label.Value.Text());

    private async Task<List<KubernetesObject>> WorkloadsAsync(string overlay) =>
        [.. (await overlays.ObjectsOfAsync(overlay)).Where(item => item.IsWorkload)];

    private async Task<List<KubernetesObject>> ServicesAsync(string overlay)
    {
        var services = (await WorkloadsAsync(overlay))
            .Where(workload => KubernetesFiles.Manifest.Resources.GetValueOrDefault(workload.Name)?.IsProject == true)
            .ToList();
        Assert.Equal(KubernetesFiles.Manifest.Runnable.Count(entry => entry.Resource.IsProject), services.Count);
        return services;
    }

    [GeneratedRegex(@"(?<=-c max_connections=)\d+")]
    private static partial Regex MaxConnections();

    [GeneratedRegex("^amqps?://([^:]+):")]
    private static partial Regex BrokerUser();

    [GeneratedRegex(@":[^/:]+$")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\$\(([A-Za-z0-9_]+)\)")]
    private static partial Regex Reference();
}
