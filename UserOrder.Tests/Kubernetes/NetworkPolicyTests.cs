using YamlDotNet.RepresentationModel;

namespace UserOrder.Tests.Kubernetes;

/// <summary>The network policies and the rules of the mesh allow exactly the connections of the graph.</summary>
[Collection(KubernetesTests.Name)]
public sealed class NetworkPolicyTests(BuiltOverlays overlays)
{
    private const string Ingress = "ingress";

    private static readonly HashSet<(string From, string To, int Port)> Edges = [.. ClusterExpressions.Edges(KubernetesFiles.Manifest)];

    [Fact]
    public async Task The_policies_allow_exactly_the_edges_of_the_graph_at_both_ends()
    {
        var policies = await PoliciesAsync();

        Assert.Equal(Edges.Order(), AllowedBy(policies, "egress", "to").Order());
        Assert.Equal(Edges.Concat(Entrances()).Order(), AllowedBy(policies, Ingress, "from").Order());
    }

    [Fact]
    public async Task The_policies_deny_all_other_traffic_except_DNS()
    {
        var allPods = (await PoliciesAsync()).Where(policy => !policy.Spec.At("podSelector").Map().Any()).ToList();

        var denial = Assert.Single(allPods, policy => policy.Spec.At("egress") is null && policy.Spec.At(Ingress) is null);
        Assert.Equal(["Ingress", "Egress"], denial.Spec.At("policyTypes").Items().Select(type => type.Text()));
        var dns = Assert.Single(allPods, policy => policy != denial);
        Assert.Equal(
            [53, 53],
            dns.Spec.At("egress").Items().SelectMany(rule => rule.At("ports").Items()).Select(port => port.At("port")!.Number()));
    }

    [Fact]
    public async Task The_mesh_allows_exactly_the_edges_of_the_graph()
    {
        await overlays.AddOverlayAsync("mesh", "istio");
        var policies = (await overlays.ObjectsOfAsync("mesh")).Where(item => item.Kind == "AuthorizationPolicy").ToList();

        Assert.Single(policies, policy => policy.Spec.At("rules") is null && policy.Spec.At("action") is null);
        var allowed =
            from policy in policies
            from rule in policy.Spec.At("rules").Items()
            from source in rule.At("from").Items()
            from principal in source.At("source", "principals").Items()
            from port in rule.At("to").Items().SelectMany(to => to.At("operation", "ports").Items())
            select (principal.Text().Split("/sa/")[1], policy.Spec.At("selector", "matchLabels", "app")!.Text(), port.Number());
        Assert.Equal(Edges.Order(), allowed.Order());
    }

    [Theory]
    [InlineData("ingress")]
    [InlineData("gateway")]
    [InlineData("istio")]
    public async Task The_entrances_route_to_the_APIs_only(string component)
    {
        await overlays.AddOverlayAsync($"from-outside-{component}", component);
        var routes = (await overlays.ObjectsOfAsync($"from-outside-{component}"))
            .Where(item => item.Kind is "Ingress" or "HTTPRoute" || (item.Kind == "VirtualService" && item.Spec.At("gateways") is not null))
            .SelectMany(item => Paths(item.Spec!))
            .ToHashSet();

        Assert.Equal(["/orders", "/users", "/v1/orders", "/v1/users"], routes.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string From, string To, int Port)> Entrances() =>
        from entry in KubernetesFiles.Manifest.Runnable
        from binding in entry.Resource.Bindings.Values
        where binding.External
        select (Ingress, entry.Name, binding.WellKnownPort!.Value);

    private static IEnumerable<(string From, string To, int Port)> AllowedBy(
        List<KubernetesObject> policies, string direction, string end) =>
        from policy in policies
        let own = policy.Spec.At("podSelector", "matchLabels", "app")?.Text()
        where own is not null
        from rule in policy.Spec.At(direction).Items()
        from peer in rule.At(end).Items()
        let other = peer.At("podSelector", "matchLabels", "app")?.Text()
            ?? (peer.At("namespaceSelector", "matchLabels", "userorder.example/ingress") is null ? "?" : Ingress)
        from port in rule.At("ports").Items()
        select direction == Ingress ? (other, own!, port.At("port")!.Number()) : (own!, other, port.At("port")!.Number());

    /// <summary>All values of keys for paths, at any depth.</summary>
    private static IEnumerable<string> Paths(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(entry => entry switch
        {
            { Key: YamlScalarNode { Value: "path" or "prefix" or "value" }, Value: YamlScalarNode { Value: ['/', ..] path } } => [path],
            _ => Paths(entry.Value),
        }),
        YamlSequenceNode list => list.Children.SelectMany(Paths),
        _ => [],
    };

    private async Task<List<KubernetesObject>> PoliciesAsync()
    {
        await overlays.AddOverlayAsync("policies", "network-policies");
        return [.. (await overlays.ObjectsOfAsync("policies")).Where(item => item.Kind == "NetworkPolicy")];
    }
}
