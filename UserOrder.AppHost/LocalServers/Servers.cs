using Microsoft.Extensions.DependencyInjection;
using UserOrder.AppHost.Options;

namespace UserOrder.AppHost.LocalServers;

/// <summary>
/// Decides what the graph's servers run as: containers where an engine works, else the installed programs. <c>--servers containers</c> or
/// <c>--servers local</c> decides by hand. <c>--fresh</c> deletes their data first.
/// </summary>
internal sealed class Servers
{
    private const string DefaultData = "../.userorder/data";

    private readonly ContainerEngine? _engine;

    private Servers(DataFolder? data, ContainerEngine? engine)
    {
        Data = data;
        _engine = engine;
    }

    /// <summary>The local servers' data; null where they do not run.</summary>
    public DataFolder? Data { get; }

    /// <exception cref="DistributedApplicationException">The choice is unknown, or the servers cannot run here; the message says what to do.</exception>
    public static Servers Of(IDistributedApplicationBuilder graph)
    {
        // Decided once for a graph.
        if (graph.Services.FirstOrDefault(service => service.ServiceType == typeof(Servers))?.ImplementationInstance is not Servers servers)
        {
            servers = Choose(graph);
            graph.Services.AddSingleton(servers);
        }

        return servers;
    }

    /// <summary>Deletes the volumes of containers where a fresh start is asked for.</summary>
    public static void StartFresh(IDistributedApplicationBuilder graph)
    {
        if (Of(graph)._engine is { } engine && IsFresh(graph))
        {
            engine.DeleteVolumes(graph.Resources.SelectMany(resource => resource.Annotations.OfType<ContainerMountAnnotation>()).Select(volume => volume.Source!));
        }
    }

    private static Servers Choose(IDistributedApplicationBuilder graph)
    {
        if (!graph.ExecutionContext.IsRunMode)
        {
            return new Servers(null, null);
        }

        var choice = graph.Configuration["Servers"];
        if (choice is not (null or "local" or "containers"))
        {
            throw new DistributedApplicationException($"--servers is '{choice}'. It can be 'containers' or 'local'; without it, containers run where an engine works.");
        }

        var engine = choice == "local" ? null : ContainerEngine.Find(graph.Configuration["ASPIRE_CONTAINER_RUNTIME"]);
        if (engine is { IsRunning: true } || choice == "containers")
        {
            return engine!.IsRunning
                ? new Servers(null, engine)
                : throw new DistributedApplicationException($"--servers is 'containers', but no container engine works here: {engine.Name} does not run. Start it, or use --servers local.");
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new DistributedApplicationException("No container engine works here. Start Docker or podman: installed servers can take their place on Linux only.");
        }

        if (InstalledServers.MissingPackages() is { Count: > 0 } missing)
        {
            throw new DistributedApplicationException(
                $"No container engine works here, and these servers are not installed: apt-get install --no-install-recommends {string.Join(' ', missing)}");
        }

        var data = graph.Configuration["Data"] ?? Path.Combine(graph.AppHostDirectory, DefaultData);
        return new Servers(DataFolder.Open(Path.GetFullPath(data), IsFresh(graph)), null);
    }

    private static bool IsFresh(IDistributedApplicationBuilder graph) => graph.HasFlag("fresh");
}
