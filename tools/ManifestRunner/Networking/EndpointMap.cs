using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.ManifestRunner.Networking;

/// <summary>
/// The endpoints of a graph. They are allocated once, so that a resource comes back where it was, and belong to the graph
/// until the map is disposed.
/// </summary>
internal sealed class EndpointMap : IDisposable
{
    private readonly Dictionary<(string Resource, string Binding), Endpoint> _endpoints = [];

    /// <exception cref="ManifestException">The resource has no such binding, or does not run.</exception>
    public Endpoint this[string resource, string binding] => Find(resource, binding)
        ?? throw new ManifestException($"'{resource}' has no endpoint '{binding}'.");

    /// <summary>Further ports, for what the manifest does not know of.</summary>
    public PortAllocator Ports { get; } = new();

    public IReadOnlyCollection<Endpoint> All => _endpoints.Values;

    /// <summary>The endpoints whose ports the manifest fixes, which are the projects' external ones.</summary>
    public static EndpointMap Fixed(AppManifest manifest)
    {
        var map = new EndpointMap();
        foreach (var (name, resource) in manifest.Runnable)
        {
            foreach (var (bindingName, binding) in resource.Bindings.Where(entry => FixedPort(resource, entry.Value) is not null))
            {
                map._endpoints[(name, bindingName)] = new Endpoint(binding.Scheme, Endpoint.Loopback, FixedPort(resource, binding)!.Value);
            }
        }

        return map;
    }

    public void Dispose() => Ports.Dispose();

    public Endpoint? Find(string resource, string binding) => _endpoints.GetValueOrDefault((resource, binding));

    /// <summary>Finds a port for each binding of each runnable resource.</summary>
    /// <param name="manifest">The graph.</param>
    /// <param name="requested">The ports that the caller asks for; 0 is any free one.</param>
    /// <param name="ephemeral">Whether to take any free port also where the manifest names one.</param>
    /// <exception cref="RunnerException">A port that has to be a certain one is taken, or a request names no endpoint.</exception>
    public static EndpointMap Allocate(AppManifest manifest, IReadOnlyList<PortRequest> requested, bool ephemeral)
    {
        foreach (var request in requested)
        {
            RejectUnknown(manifest, request);
        }

        var map = new EndpointMap();
        foreach (var (name, resource) in manifest.Runnable)
        {
            foreach (var (bindingName, binding) in resource.Bindings)
            {
                var port = requested.LastOrDefault(request => request.Matches(name, bindingName)) switch
                {
                    { Port: 0 } => map.Ports.AnyFree(),
                    { Port: var wanted } => map.Ports.Require(wanted, name, bindingName),
                    null when ephemeral => map.Ports.AnyFree(),
                    null when FixedPort(resource, binding) is { } fixedPort => map.Ports.Require(fixedPort, name, bindingName),
                    null when IsOnlyOneAt(manifest, binding) => map.Ports.Prefer(binding.WellKnownPort!.Value),
                    null => map.Ports.AnyFree(),
                };
                map._endpoints[(name, bindingName)] = new Endpoint(binding.Scheme, Endpoint.Loopback, port);
            }
        }

        return map;
    }

    private static int? FixedPort(ManifestResource resource, ManifestBinding binding) =>
        resource.IsProject && binding.External ? binding.WellKnownPort : null;

    // A well-known port is welcome where it tells the user something (RabbitMQ's 15672), but would only
    // mislead where several servers of a kind compete for it.
    private static bool IsOnlyOneAt(AppManifest manifest, ManifestBinding binding) =>
        binding.WellKnownPort is { } port
        && manifest.Resources.Values.SelectMany(resource => resource.Bindings.Values).Count(other => other.WellKnownPort == port) == 1;

    private static void RejectUnknown(AppManifest manifest, PortRequest request)
    {
        var bindings = manifest[request.Resource].Bindings.Keys;
        if (!bindings.Any(binding => request.Matches(request.Resource, binding)))
        {
            throw new RunnerException(
                $"--port {request}: '{request.Resource}' has no endpoint '{request.Binding}'. It has: {string.Join(", ", bindings)}.");
        }
    }
}
